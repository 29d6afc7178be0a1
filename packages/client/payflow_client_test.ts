import { describe, expect, test } from "bun:test";
import { createPayflowClient } from "./mod.ts";

/** A client whose requests all fail, with the requests that it sent. */
function lost() {
  const sent: (RequestInit & { url: string })[] = [];
  const payflow = createPayflowClient({
    baseUrl: "http://shop/",
    apiKey: "pf_test",
    retries: 0,
    async fetch(url, init) {
      sent.push({ url, ...init });
      throw new Error("lost");
    },
  });
  return { payflow, sent, headers: () => sent.map((init) => new Headers(init.headers)) };
}

const order = {
  orderName: "Mug",
  amount: 12_000,
  customerName: "Kim",
  customerEmail: "k@example.com",
};

describe("createPayflowClient()", () => {
  test("sends the API key, and an Idempotency-Key with each POST: the caller's or a random one", async () => {
    const { payflow, sent, headers } = lost();
    await Promise.allSettled([payflow.POST("/api/orders", { body: order })]);
    await Promise.allSettled([payflow.POST("/api/orders", { body: order })]);
    const params = { header: { "Idempotency-Key": "cart-7" } };
    await Promise.allSettled([payflow.POST("/api/orders", { params, body: order })]);
    await Promise.allSettled([payflow.GET("/api/products")]);
    expect(sent.map(({ url }) => url).slice(2)).toEqual([
      "http://shop/api/orders",
      "http://shop/api/products",
    ]);
    const keys = headers().map((given) => given.get("Idempotency-Key"));
    expect(keys[0]).toMatch(/^[\da-f-]{36}$/);
    expect(keys[0]).not.toBe(keys[1] as string);
    expect(keys.slice(2)).toEqual(["cart-7", null]);
    for (const given of headers()) expect(given.get("Authorization")).toBe("Bearer pf_test");
  });

  test("does not retry the making of a key, because only its response shows the secret", async () => {
    let count = 0;
    const payflow = createPayflowClient({
      baseUrl: "http://shop",
      apiKey: "pf_test",
      async fetch() {
        count += 1;
        throw new Error("lost");
      },
    });
    const body = { name: "ci", role: "read" as const };
    await expect(payflow.POST("/api/keys", { body })).rejects.toThrow("lost");
    expect(count).toBe(1);
  });
});
