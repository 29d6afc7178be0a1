import * as v from "valibot";
import { Currency, storableText } from "@payflow/shared";

/** A product in the shop's file, with its texts in English. */
const ShopProduct = v.pipe(
  v.strictObject({
    productId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/)),
    name: storableText(80),
    description: v.optional(storableText(300)),
    /** For pages in English. */
    en: v.optional(
      v.strictObject({ name: storableText(80), description: v.optional(storableText(300)) }),
    ),
    unitPrice: v.pipe(v.number(), v.safeInteger(), v.minValue(100), v.maxValue(100_000_000)),
    /** The part of the price without VAT (면세); for a book, for example, the whole price. */
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

export const Shop = v.strictObject({
  name: storableText(60),
  description: storableText(200),
  /** For pages in English. */
  en: v.optional(v.strictObject({ name: storableText(60), description: storableText(200) })),
  /** Shown in the footer, as Korean law and Toss's merchant review demand. */
  business: v.strictObject({
    /** 상호 */
    companyName: storableText(100),
    /** 대표자 */
    representative: storableText(60),
    /** 사업자등록번호 */
    registrationNumber: storableText(30),
    /** 통신판매업신고번호 */
    mailOrderNumber: storableText(60),
    /** 주소 */
    address: storableText(200),
    /** 전화 */
    phone: storableText(40),
    email: storableText(100),
    /** 호스팅 서비스 제공자 */
    hostingProvider: v.optional(storableText(100)),
  }),
  /** 구매안전서비스: its provider, and the page that proves that the shop has joined it. */
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
    v.array(ShopProduct),
    v.minLength(1),
    v.maxLength(200),
    v.check(
      (products) => new Set(products.map((p) => p.productId)).size === products.length,
      "productId must be unique",
    ),
  ),
});
/** The shop's file: its texts, its legal details and its products. */
export type Shop = Readonly<v.InferOutput<typeof Shop>>;
export type ShopProduct = Shop["products"][number];
