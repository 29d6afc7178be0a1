import { expect, test } from "bun:test";
import { withAbsoluteUrl } from "./open_service.ts";

test.each([
  ["/x?y=1", "http://shop.example/x?y=1"],
  ["//evil.example/x", "http://shop.example//evil.example/x"],
  ["/[::", "http://shop.example/[::"],
  ["http://a:99999/x", "http://shop.example/"],
  ["a:1", "http://shop.example/"],
])("withAbsoluteUrl() makes %s an address", async (url, expected) => {
  const sent = new Request("http://shop.example/", { method: "POST", body: "b" });
  const request = new Proxy(sent, {
    get(target, name) {
      if (name === "url") return url;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  expect(withAbsoluteUrl(request, "http://shop.example").url).toBe(expected);
});
