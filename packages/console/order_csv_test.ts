import { expect, test } from "bun:test";
import type { ListedOrder } from "@payflow/back-office";
import { ordersCsv } from "./order_csv.ts";

const order: ListedOrder = {
  orderId: "019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f",
  orderNumber: "1231-K7P3",
  merchantReference: "=cart 7",
  orderName: '키캡 "무각", 1개',
  createdAt: "2026-12-31T14:59:59.000Z",
  confirmedAt: "2026-12-31T15:00:00.000Z",
  status: "PARTIALLY_REFUNDED",
  amount: 39_000,
  refundedAmount: 9_000,
  customerName: "=1+1",
  customerEmail: "@evil.example",
  method: "카드",
};

async function* pages() {
  yield [order];
  yield [{ ...order, customerName: "", customerEmail: "", confirmedAt: null, method: null }];
}

const textOf = async (isMasked: boolean, language: "ko" | "en" = "ko") =>
  (await Array.fromAsync(ordersCsv(pages(), { language, isMasked }))).join("");

test("orders are exported as CSV for Excel: with a byte order mark, in Korean time, without formulas", async () => {
  const [head, ...lines] = (await textOf(false)).split("\r\n");
  expect(head).toStartWith("\uFEFF주문번호,");
  expect(lines).toEqual([
    `1231-K7P3,${order.orderId},'=cart 7,2026-12-31 23:59:59,부분 환불,"키캡 ""무각"", 1개",39000,9000,카드,2027-01-01 00:00:00,'=1+1,'@evil.example`,
    `1231-K7P3,${order.orderId},'=cart 7,2026-12-31 23:59:59,부분 환불,"키캡 ""무각"", 1개",39000,9000,,,,`,
    "",
  ]);
  expect(await textOf(false, "en")).toStartWith("\uFEFFOrder number,");
});

test("role read gets masked names", async () => {
  const text = await textOf(true);
  expect(text).not.toContain("1+1");
  expect(text).not.toContain("evil");
});
