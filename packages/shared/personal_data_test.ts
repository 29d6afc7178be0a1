import { describe, expect, test } from "bun:test";
import { maskEmail, maskName } from "./personal_data.ts";

describe("maskName()", () => {
  test("leaves the first and the last letter of three or more", () => {
    expect(maskName("김토스")).toBe("김*스");
    expect(maskName("남궁민수")).toBe("남**수");
    expect(maskName("Kim")).toBe("K*m");
  });

  test("leaves the first of two, and none of one", () => {
    expect(maskName("이산")).toBe("이*");
    expect(maskName("이")).toBe("*");
    expect(maskName("")).toBe("*");
  });

  test("cuts no letter in half", () => {
    expect(maskName("😀😁😂")).toBe("😀*😂");
    expect(maskName("𠮷野")).toBe("𠮷*");
  });
});

describe("maskEmail()", () => {
  test("leaves the first letter and the domain, and does not tell the length", () => {
    expect(maskEmail("kim@example.com")).toBe("k***@example.com");
    expect(maskEmail("k@example.com")).toBe("k***@example.com");
    expect(maskEmail("kim.toss+shop@example.com")).toBe("k***@example.com");
  });

  test("tells nothing more of what is no address", () => {
    expect(maskEmail("kim")).toBe("k***");
    expect(maskEmail("")).toBe("***");
    expect(maskEmail('"a@b"@example.com')).toBe('"***@example.com');
  });
});
