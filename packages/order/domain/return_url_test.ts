import { expect, test } from "bun:test";
import { AppError } from "@payflow/shared";
import { returnAddress, returnUrlOf } from "./return_url.ts";

const origins = ["https://shop.example", "http://localhost:3000", "https://xn--3e0b707e.example"];

test.each([
  ["https://shop.example", "https://shop.example/"],
  ["HTTPS://SHOP.example:443/thanks?cart=7", "https://shop.example/thanks?cart=7"],
  ["http://localhost:3000/done", "http://localhost:3000/done"],
  ["https://shop.example/a/../thanks#top", "https://shop.example/thanks#top"],
  ["https://한국.example/", "https://xn--3e0b707e.example/"],
  [
    "https://shop.example/?next=https://evil.example",
    "https://shop.example/?next=https://evil.example",
  ],
])("returnUrlOf() takes %s", (given, kept) => {
  expect(returnUrlOf(given, origins)).toBe(kept);
});

test.each([
  ["another host", "https://evil.example/"],
  ["a longer host", "https://shop.example.evil.example/"],
  ["a host that ends alike", "https://evilshop.example/"],
  ["a host with a dot behind it", "https://shop.example./"],
  ["a subdomain", "https://a.shop.example/"],
  ["another port", "https://shop.example:8443/"],
  ["http for https", "http://shop.example/"],
  ["https for http", "https://localhost:3000/"],
  ["a user", "https://shop.example@evil.example/"],
  ["a user before the right host", "https://me@shop.example/"],
  ["a user and a password", "https://me:secret@shop.example/"],
  ["an escaped at sign", "https://shop.example%40evil.example/"],
  ["backslashes for slashes", "https:\\\\evil.example\\"],
  ["a backslash before the host's end", "https://evil.example\\@shop.example/"],
  ["a backslash in the path", "https://shop.example\\.evil.example/"],
  ["no scheme", "//shop.example/"],
  ["a path", "/thanks"],
  ["a scheme without slashes", "https:shop.example/"],
  ["one slash", "https:/shop.example/"],
  ["three slashes", "https:///evil.example/"],
  ["a script", "javascript:alert(1)//https://shop.example/"],
  ["data", "data:text/html,https://shop.example/"],
  ["a file", "file://shop.example/etc/passwd"],
  ["another scheme", "ftp://shop.example/"],
  ["a space before it", " https://shop.example/"],
  ["a tab in the host", "https://ev\til.example/"],
  ["an end of a line", "https://shop.example/\r\nLocation: https://evil.example"],
  ["letters that look alike", "https://shоp.example/"],
  ["a full width dot", "https://shop.example。evil.example/"],
  ["nothing", ""],
  ["a member that is added", "https://shop.example/?status=CONFIRMED"],
  ["a member that is added, escaped", "https://shop.example/?%73tatus=CONFIRMED"],
])("returnUrlOf() refuses %s", (_, given) => {
  expect(() => returnUrlOf(given, origins)).toThrow(AppError);
});

test("returnUrlOf() refuses every address while no origin is allowed", () => {
  expect(() => returnUrlOf("https://shop.example/", [])).toThrow("RETURN_ORIGINS");
});

test("returnAddress() adds the order's outcome, and keeps the existing query", () => {
  const order = { orderId: "o-1", orderNumber: "1127-K7P3", status: "CONFIRMED" } as const;
  const facts = "orderId=o-1&orderNumber=1127-K7P3&status=CONFIRMED";
  const to = (returnUrl: string | null, allowed = origins) =>
    returnAddress({ ...order, returnUrl }, allowed);
  expect(to("https://shop.example/")).toBe(`https://shop.example/?${facts}`);
  expect(to("https://shop.example/a?b=%20+c&b=d#e")).toBe(
    `https://shop.example/a?b=%20+c&b=d&${facts}#e`,
  );
  expect(to(null)).toBeUndefined();
  // the setting has changed since
  expect(to("https://shop.example/", ["https://other.example"])).toBeUndefined();
});
