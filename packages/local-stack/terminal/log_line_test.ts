import { expect, test } from "bun:test";
import { logLineForPeople } from "./log_line.ts";

test("logLineForPeople() shows time, level, message and fields of a JSON line", () => {
  const line =
    '{"level":40,"time":"2026-11-22T22:40:31.405Z","service":"order","port":8080,"msg":"slow"}';
  expect(logLineForPeople(line)).toBe("22:40:31.405  WARN  slow  port=8080");
});

test.each(["plain text", "{not json", ""])("logLineForPeople() leaves %j unchanged", (line) => {
  expect(logLineForPeople(line)).toBe(line);
});

test("logLineForPeople() escapes characters that a terminal would interpret", () => {
  const fields = { eventType: "a\u001b[2J\u009b\u202eb\nc", nested: { a: "\u2066" } };
  const json = JSON.stringify({ level: 30, msg: "kept\r", ...fields });
  expect(logLineForPeople(json)).toBe(
    'info  kept\\u000d  eventType=a\\u001b[2J\\u009b\\u202eb\\nc  nested={"a":"\\u2066"}',
  );
  expect(logLineForPeople("plain \u001b]0;title\u0007")).toBe("plain \\u001b]0;title\\u0007");
});
