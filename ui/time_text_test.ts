import { expect, test } from "bun:test";
import { momentText, timeText } from "./time_text.ts";

const now = new Date("2026-11-22T00:00:00.000Z");

test("timeText() shows Korean time, and says so in English", () => {
  expect(timeText("2026-11-22T03:45:00.000Z", { language: "ko", now })).toBe(
    "11월 22일 (일) 오후 12:45",
  );
  expect(timeText("2026-11-22T03:45:00.000Z", { language: "en", now })).toBe(
    "Sun 22 November at 12:45 (Korea time)",
  );
});

test("momentText() shows the same in short", () => {
  const time = "2026-11-22T03:45:00.000Z";
  expect(momentText(time, { language: "ko", now })).toBe("11월 22일 오후 12:45");
  expect(momentText(time, { language: "en", now })).toBe("22 November at 12:45");
  const next = "2026-12-31T15:00:00.000Z";
  expect(momentText(next, { language: "ko", now })).toBe("2027년 1월 1일 오전 12:00");
});

test("timeText() shows the year when it is not this year in Korea", () => {
  expect(timeText("2026-12-31T14:59:00.000Z", { language: "ko", now })).not.toContain("년");
  expect(timeText("2026-12-31T15:00:00.000Z", { language: "ko", now })).toStartWith(
    "2027년 1월 1일",
  );
  expect(timeText("2026-12-31T15:00:00.000Z", { language: "en", now })).toContain(", 2027");
});
