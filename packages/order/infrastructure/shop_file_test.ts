import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@payflow/shared/http";
import type { Shop } from "@payflow/ui";
import { isSampleShop, readShop } from "./shop_file.ts";

let folder: string;
let sample: Shop;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "payflow-shop-"));
  sample = await readShop(join(import.meta.dir, "../../../shop.json"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(content: unknown): Promise<Shop> {
  const path = join(folder, `${crypto.randomUUID()}.json`);
  const text = typeof content === "string" ? content : JSON.stringify(content);
  await Bun.write(path, text);
  return readShop(path);
}

async function faultsOf(content: unknown): Promise<string> {
  const error = await read(content).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
}

describe("readShop()", () => {
  test("reads the sample shop, which isSampleShop() recognizes", async () => {
    expect(sample.products.length).toBeGreaterThan(0);
    expect(isSampleShop(sample)).toBe(true);
    const business = { ...sample.business, registrationNumber: "123-45-67890" };
    expect(isSampleShop(await read({ ...sample, business }))).toBe(false);
  });

  test("defaults a product's currency to KRW", async () => {
    const [product] = sample.products;
    const { currency: _, ...unpriced } = product ?? { currency: "KRW" };
    const shop = await read({ ...sample, products: [unpriced] });
    expect(shop.products[0]?.currency).toBe("KRW");
  });

  test("reports every fault with its path", async () => {
    const [product] = sample.products;
    const message = await faultsOf({
      ...sample,
      name: "",
      extra: 1,
      business: { ...sample.business, phone: undefined },
      products: [
        { ...product, unitPrice: 99.5 },
        { ...product, productId: "two words", currency: "USD" },
      ],
    });
    for (const place of [
      "name",
      "extra",
      "business.phone",
      "products.0.unitPrice",
      "products.1.productId",
      "products.1.currency",
    ])
      expect(message).toContain(`  ${place}: `);
    // an unknown key is most likely a misspelt one
    expect(message).toContain("  extra: unknown field");
  });

  test("refuses a taxFreeAmount above the price", async () => {
    const [product] = sample.products;
    const withPart = (taxFreeAmount: number) => ({
      ...sample,
      products: [{ ...product, unitPrice: 1000, taxFreeAmount }],
    });
    expect((await read(withPart(1000))).products[0]?.taxFreeAmount).toBe(1000);
    for (const wrong of [1001, -1, 0.5])
      expect(await faultsOf(withPart(wrong))).toContain("products.0.taxFreeAmount: ");
  });

  test("refuses duplicate product ids and a shop without products", async () => {
    const [product] = sample.products;
    expect(await faultsOf({ ...sample, products: [product, product] })).toContain(
      "productId must be unique",
    );
    expect(await faultsOf({ ...sample, products: [] })).toContain("products: ");
  });

  test.each([
    ["CP949", Uint8Array.from([0xb0, 0xa1, 0xb0, 0xd4])],
    ["UTF-16", Buffer.from("\ufeff가게", "utf16le")],
  ])("refuses names in %s with a clear message", async (_, name) => {
    const [head = "", tail = ""] = JSON.stringify({ ...sample, name: "@@" }).split("@@");
    const path = join(folder, `${crypto.randomUUID()}.json`);
    await Bun.write(path, Buffer.concat([Buffer.from(head), name, Buffer.from(tail)]));
    await expect(readShop(path)).rejects.toThrow("it is not UTF-8 text");
  });

  test("accepts a byte order mark, which some editors write", async () => {
    expect(await read(`\ufeff${JSON.stringify(sample)}`)).toEqual(sample);
  });

  test("names the file that is missing or is not JSON", async () => {
    await expect(readShop("/nowhere/shop.json")).rejects.toThrow(
      "The shop's file /nowhere/shop.json can't be read",
    );
    expect(await faultsOf("{")).toContain("can't be read");
  });
});
