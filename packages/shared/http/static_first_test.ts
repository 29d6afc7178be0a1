import { expect, test } from "bun:test";
import { TrieRouter } from "hono/router/trie-router";
import { staticFirst } from "./static_first.ts";

test("staticFirst() matches like Hono's own router, with and without its cache", () => {
  const own = new TrieRouter<string>();
  const router = staticFirst<string>();
  const routes = [
    ["ALL", "*"],
    ["POST", "/orders"],
    ["GET", "/orders/:id"],
    ["GET", "/orders/find"],
    ["ALL", "/orders"],
    ["ALL", "/orders/*"],
  ] as const;
  for (const [index, [method, path]] of routes.entries())
    for (const each of [own, router]) each.add(method, path, `${index} ${method} ${path}`);
  for (const path of ["/", "/orders", "/orders/", "/orders/find", "/orders/7", "/orders/:id", "*"])
    for (const method of ["POST", "GET", "PUT", "POST", "GET", "PUT"])
      expect(router.match(method, path)).toEqual(own.match(method, path));
});
