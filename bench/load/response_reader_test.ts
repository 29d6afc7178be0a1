import { expect, test } from "bun:test";
import { readHead } from "./response_reader.ts";

const head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n";

test("readHead() returns the status and where the response ends", () => {
  const expected = { status: 201, hasRetryAfter: false, bytes: head.length + 12 };
  expect(readHead(head)).toEqual(expected);
  expect(readHead(`${head}{"a`)).toEqual(expected);
});

test("readHead() waits for the end of the head, and throws without a length", () => {
  expect(readHead(head.slice(0, -1))).toBeUndefined();
  expect(() => readHead("HTTP/1.1 200 OK\r\n\r\n")).toThrow("without Content-Length");
});

test("readHead() finds Retry-After in any case", () => {
  const refused = "HTTP/1.1 503 x\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
  expect(readHead(refused)).toEqual({ status: 503, hasRetryAfter: true, bytes: refused.length });
});
