import * as v from "valibot";
import { Currency, storableText } from "@payflow/shared";
import { ConfigError, fieldOf } from "@payflow/shared/http";

const Product = v.pipe(
  v.strictObject({
    productId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/)),
    name: storableText(80),
    description: v.optional(storableText(300)),
    /** For pages in English. */
    en: v.optional(
      v.strictObject({ name: storableText(80), description: v.optional(storableText(300)) }),
    ),
    unitPrice: v.pipe(v.number(), v.safeInteger(), v.minValue(100), v.maxValue(100_000_000)),
    /** Of the price, what bears no VAT (면세): all of it for a book, say. */
    taxFreeAmount: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    currency: v.optional(Currency, "KRW"),
  }),
  v.forward(
    v.partialCheck(
      [["unitPrice"], ["taxFreeAmount"]],
      ({ unitPrice, taxFreeAmount = 0 }) => taxFreeAmount <= unitPrice,
      "must not be more than unitPrice",
    ),
    ["taxFreeAmount"],
  ),
);

const Shop = v.strictObject({
  name: storableText(60),
  description: storableText(200),
  /** For pages in English. */
  en: v.optional(v.strictObject({ name: storableText(60), description: storableText(200) })),
  business: v.strictObject({
    companyName: storableText(100),
    representative: storableText(60),
    registrationNumber: storableText(30),
    mailOrderNumber: storableText(60),
    address: storableText(200),
    phone: storableText(40),
    email: storableText(100),
    hostingProvider: v.optional(storableText(100)),
  }),
  /** 구매안전서비스: whose it is, and where a shopper sees that the shop has joined it. */
  purchaseSafety: v.optional(
    v.strictObject({
      provider: storableText(100),
      url: v.pipe(v.string(), v.regex(/^https:\/\//)),
    }),
  ),
  links: v.strictObject({
    terms: storableText(300),
    privacy: storableText(300),
    refunds: storableText(300),
  }),
  products: v.pipe(
    v.array(Product),
    v.minLength(1),
    v.maxLength(200),
    v.check(
      (products) => new Set(products.map((p) => p.productId)).size === products.length,
      "productId must be unique",
    ),
  ),
});
export type Shop = v.InferOutput<typeof Shop>;

/** 000-00-00000 is nobody's number: who finds it in the footer has not filled in the shop. */
const sampleRegistrationNumber = "000-00-00000";

/** Reads the shop: its name, products and the footer that the law asks for. Throws ConfigError with every fault. */
export async function readShop(path: string): Promise<Shop> {
  let content: unknown;
  try {
    content = JSON.parse(utf8(await Bun.file(path).bytes()));
  } catch (error) {
    throw new ConfigError(
      `The shop's file ${path} can't be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  const result = v.safeParse(Shop, content);
  if (result.success) return result.output;
  const faults = result.issues.map(fieldOf).map(({ path, message }) => `  ${path}: ${message}`);
  throw new ConfigError(`The shop's file ${path} has faults:\n${faults.join("\n")}`);
}

/** Text in another encoding would be published, and kept in orders, as replacement characters. A byte order mark is no part of it. */
function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8 text; save it as UTF-8");
  }
}

export function isSampleShop(shop: Shop): boolean {
  return shop.business.registrationNumber === sampleRegistrationNumber;
}
