import { expect, test } from "bun:test";
import { tossUrl } from "./toss_gateway.ts";

const api = "https://api.tosspayments.com";

test("tossUrl() encodes every segment", () => {
  const url = tossUrl(api, ["v1", "payments", "a/b?c#d%2e=", "cancel"]);
  expect(url.href).toBe(`${api}/v1/payments/a%2Fb%3Fc%23d%252e%3D/cancel`);
  const query = new URLSearchParams({ limit: "1" });
  expect(tossUrl(api, ["v1", "transactions"], query).href).toBe(`${api}/v1/transactions?limit=1`);
});

test.each(["", ".", ".."])('tossUrl() refuses "%s", which would name another path', (segment) => {
  expect(() => tossUrl(api, ["v1", "payments", segment])).toThrow(RangeError);
});
