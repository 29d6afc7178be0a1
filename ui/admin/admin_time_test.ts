import { expect, test } from "bun:test";
import { ageText, dayText, durationText, exactText, monthText, whenText } from "./admin_time.ts";

const now = new Date("2026-11-27T05:00:00.000Z");
const ko = { language: "ko", now } as const;
const en = { language: "en", now } as const;

test("whenText() is in Korea time, with the year only when it is not this year", () => {
  expect(whenText("2026-11-25T14:59:59.000Z", ko)).toBe("11월 25일 23:59");
  expect(whenText("2026-11-25T15:00:00.000Z", en)).toBe("26 Nov, 00:00");
  expect(whenText("2025-12-31T14:59:59.000Z", ko)).toBe("2025년 12월 31일 23:59");
  expect(whenText("2025-12-31T15:00:00.000Z", ko)).toBe("1월 1일 00:00");
  expect(exactText("2026-11-25T14:59:58.000Z", en)).toBe("25 Nov, 23:59:58");
});

test("ageText() gives the age in one unit", () => {
  expect(ageText("2026-11-27T04:59:58.000Z", ko)).toBe("방금");
  expect(ageText("2026-11-27T04:57:00.000Z", ko)).toBe("3분 전");
  expect(ageText("2026-11-27T02:00:00.000Z", en)).toBe("3 hours ago");
  expect(ageText("2026-11-20T05:00:00.000Z", en)).toBe("7 days ago");
  expect(ageText("2026-11-27T05:02:10.000Z", ko)).toBe("2분 후");
  expect(ageText("2026-11-27T05:00:30.000Z", en)).toBe("in a moment");
});

test("dayText() and monthText() use Korea time", () => {
  expect(dayText("2026-11-25", ko)).toBe("11월 25일 (수)");
  expect(monthText("2026-11", ko)).toBe("2026년 11월");
  expect(monthText("2026-11", en)).toBe("November 2026");
});

test("durationText() has one unit", () => {
  expect([5, 200, 7_300, 400_000].map((seconds) => durationText(seconds, "ko"))).toEqual([
    "5초",
    "3분",
    "2시간",
    "4일",
  ]);
  expect(durationText(200, "en")).toBe("3 min");
});
