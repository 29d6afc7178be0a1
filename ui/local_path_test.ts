import { expect, test } from "bun:test";
import { localPath } from "./local_path.ts";

test.each([
  "//evil.example",
  "//evil.example/a",
  "/.//evil.example",
  "/a/..//evil.example",
  "/a/../..//evil.example",
  "/%2e//evil.example",
  "/%2E%2e//evil.example",
  "/./\\evil.example",
  "/\\evil.example",
  "/\\/evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r\n/evil.example",
  "\t//evil.example",
  " //evil.example",
  "/.\t//evil.example",
  "https:evil.example",
  "https://evil.example",
  "http:/evil.example",
  "javascript:alert(1)",
  "data:text/html,x",
  "evil.example",
  "@evil.example",
  "?x",
  "#x",
  "",
  undefined,
  42,
])("localPath() takes %j for no address of this site", (given) => {
  expect(localPath(given)).toBe("/");
});

test.each([
  ["/", "/"],
  ["/orders?x=1&back=//evil.example", "/orders?x=1&back=//evil.example"],
  ["/orders/0123-45#pay", "/orders/0123-45"],
  ["/%2f/../orders", "/orders"],
  ["/a//b", "/a//b"],
  ["/주문", "/%EC%A3%BC%EB%AC%B8"],
  ["/a\r\nSet-Cookie: x=1", "/aSet-Cookie:%20x=1"],
])("localPath() keeps %j as %j", (given, path) => {
  expect(localPath(given)).toBe(path);
  for (const origin of ["http://shop.example", "https://shop.example"])
    expect(new URL(localPath(given), `${origin}/deep/page`).origin).toBe(origin);
});
