import { expect, test } from "bun:test";
import { sign } from "@payflow/shared/http";
import { orderLinks } from "./order_links.ts";

const order = { orderId: "order-1", expiresAt: "2026-11-22T00:45:00.000Z" };
const over = "2026-12-22T00:45:00.000Z";

function linksAt(now: string, sessionSecret = "a-secret") {
  return orderLinks(sessionSecret, "https://shop.example", () => now);
}

test("orderLinks() opens one order until thirty days after expiresAt", () => {
  const token = linksAt("2026-11-22T00:00:00.000Z").tokenFor(order);
  const before = linksAt("2026-12-22T00:44:59.000Z");
  expect(before.openUntil("order-1", token)).toBe(Date.parse(over) / 1_000);
  expect(before.openUntil("order-2", token)).toBeUndefined();
  expect(linksAt(over).openUntil("order-1", token)).toBeUndefined();
  // the same order always has the same link
  expect(linksAt(over).tokenFor(order)).toBe(token);
});

test("orderLinks() refuses tokens that it did not make", () => {
  const links = linksAt("2026-11-22T00:00:00.000Z");
  const token = links.tokenFor(order);
  const [until = "", signature = ""] = token.split(".");
  const forgeries = [
    "",
    ".",
    token.slice(0, -1),
    `${token}A`,
    ` ${token}`,
    signature,
    `zzzzzz.${signature}`,
    `zzzzzzzzzz.${signature}`,
    `-1.${signature}`,
    `${until}.${sign(`order:order-1`, "a-secret")}`,
    `${until}.${sign(`look and pay order-1 ${until}`, "a-secret")}`,
    linksAt("2026-11-22T00:00:00.000Z", "another").tokenFor(order),
  ];
  for (const forged of forgeries)
    expect(links.openUntil("order-1", forged), forged).toBeUndefined();
});
