import { describe, expect, test } from "bun:test";
import { emailAddressOf, escapeUnseen, isIsoTime, storableTextOf } from "./text.ts";

describe("storableText()", () => {
  test("normalizes to NFC and trims, then checks the length", () => {
    const typed = "김토스".normalize("NFD");
    expect(typed).toHaveLength(7);
    expect(storableTextOf(` ${typed} `, 3)).toBe("김토스");
    expect(storableTextOf("각".normalize("NFD").repeat(100), 100)).toBe("각".repeat(100));
    expect(storableTextOf("각".normalize("NFD").repeat(101), 100)).toBeUndefined();
  });

  test.each([
    "",
    "   ",
    "\u3000",
    "\u200b",
    "\u200b \ufeff",
    "\u3164",
    "\u115f\u1160",
    "김\u0000토스",
    "김\ud800",
    "\udfff김",
    "김\n토스",
    "김\r토스",
    "김\t토스",
    "\u001b[31m김",
    "김\u007f",
    "김\u0085",
    "\u009b31m김",
    "김\u2028토스",
    "김\u2029토스",
    "\u202e김",
    "김\u202a",
    "\u2066김\u2069",
    "김\u200e",
    "\u200f김",
    "\u061c김",
  ])("refuses %j", (text) => {
    expect(storableTextOf(text, 100)).toBeUndefined();
  });

  test.each([
    "김토스",
    "O'Brien",
    "Zoë Müller-Lüdenscheidt",
    "李小龍",
    "𠮷野家",
    "김 (토스)",
    "👨‍👩‍👧",
    "개발자 도구 1년 — 50% <할인>",
    "a\u00a0b",
  ])("takes %j as it is", (text) => {
    expect(storableTextOf(text, 100)).toBe(text);
  });
});

describe("EmailAddress", () => {
  test.each([
    "kim@example.com",
    "o'brien@example.com",
    "kim+shop@my--shop.com",
    "a.b-c_d@sub.example.co.kr",
    "kim@xn--3e0b707e.kr",
    "kim@xn--bj0bj06e.xn--3e0b707e",
    "x@1.example",
    "!#$%&'*+/=?^_`{|}~-@example.com",
    "Kim@Example.COM",
    "k..m@example.com",
  ])("takes %s as it is", (address) => {
    expect(emailAddressOf(` ${address} `)).toBe(address);
  });

  test.each([
    ["kim@한국.kr", "kim@xn--3e0b707e.kr"],
    ["kim@도메인.한국", "kim@xn--hq1bm8jm9l.xn--3e0b707e"],
    ["kim@도메인.한국".normalize("NFD"), "kim@xn--hq1bm8jm9l.xn--3e0b707e"],
    ["kim@bücher.example", "kim@xn--bcher-kva.example"],
    ["kim@한국。kr", "kim@xn--3e0b707e.kr"],
  ])("makes the domain of %s ASCII", (address, ascii) => {
    expect(emailAddressOf(address)).toBe(ascii);
  });

  test.each([
    "",
    "kim",
    "kim@",
    "@example.com",
    "kim@example",
    "kim@localhost",
    "kim@@example.com",
    "a@b@example.com",
    "kim example@x.com",
    "kim@ex ample.com",
    "kim@-a.com",
    "kim@a-.com",
    "kim@a..com",
    "kim@.com",
    "kim@a.com.",
    "kim@1.2.3.4",
    "김@example.com",
    '"kim"@example.com',
    "kim@[1.2.3.4]",
    "kim@한국.kr/x",
    "kim@한국.kr:80",
    "kim@example.com\u0000",
    "kim\n@example.com",
    "kim@exa\u202emple.com",
    "kim@\u1100\u200b",
    "<kim@example.com>",
    "kim@example.com, lee@example.com",
    `${"k".repeat(90)}@example.com`,
  ])("refuses %j", (address) => {
    expect(emailAddressOf(address)).toBeUndefined();
  });
});

test("escapeUnseen() escapes characters that a terminal would interpret, and no others", () => {
  expect(escapeUnseen("김토스 👨‍👩‍👧 1,000원")).toBe("김토스 👨‍👩‍👧 1,000원");
  expect(escapeUnseen("a\u001b[2Jb\u009bc\r\nd\u202ee\u2028f\ud800g\u0000")).toBe(
    "a\\u001b[2Jb\\u009bc\\u000d\\nd\\u202ee\\u2028f\\ud800g\\u0000",
  );
});

test("IsoTime accepts the times that PostgreSQL accepts", () => {
  const accepted = `2026-11-25T10:00:00Z 2024-02-29T23:59:59.123456+00 0001-01-01T00:00:00Z
    2026-11-25T10:00:00+09:00 9999-12-31T23:59:59-15:59`.split(/\s+/);
  const both = [...accepted, "2026-11-25 10:00:00.123456+00"];
  expect(both.filter(isIsoTime)).toEqual(both);
  const refused =
    `2026-02-29T00:00:00Z 2026-11-31T00:00:00Z 0000-01-01T00:00:00Z 2026-11-25T24:00:01Z
    2026-11-25T10:00:00+16:00 2026-11-25T10:00:00-23 2026-11-25`.split(/\s+/);
  expect(refused.filter(isIsoTime)).toEqual([]);
});

test("text with many marks on one letter is refused without delay", () => {
  const startedMs = performance.now();
  const marks = `a${"\u0301\u0316".repeat(25_000)}`;
  expect(storableTextOf(marks, 100)).toBeUndefined();
  expect(emailAddressOf(`${marks}@example.com`)).toBeUndefined();
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
