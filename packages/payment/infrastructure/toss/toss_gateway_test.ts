import { expect, test } from "bun:test";
import { silentLog } from "@payflow/shared/http";
import { tossGateway } from "./toss_gateway.ts";

/** A row as long as Toss's (https://docs.tosspayments.com/reference#거래-조회). */
function transaction(number: number) {
  const id = String(number).padStart(10, "0");
  return {
    mId: "tvivarepublica4",
    transactionKey: `txrd_a01k3mgj5q3kwjf8w4e${id}`,
    paymentKey: `tviva20260105140000${id}`,
    orderId: `0190a000-0000-7000-8000-${id}`,
    method: "카드",
    customerKey: null,
    useEscrow: false,
    receiptUrl: `https://dashboard.tosspayments.com/receipt/redirection?transactionId=tviva20260105140000${id}&ref=PX`,
    status: "DONE",
    transactionAt: "2026-01-05T14:00:10+09:00",
    currency: "KRW",
    amount: 1000,
  };
}

test("listTransactions() reads a busy span page by page", async () => {
  const all = Array.from({ length: 7_500 }, (_, index) => transaction(index));
  const gateway = tossGateway({
    apiUrl: "http://toss.test",
    secretKey: "test_sk_sandbox",
    timeoutMs: 1_000,
    perSecond: 100,
    fetch: async (request) => {
      const { searchParams } = new URL(request.url);
      const after = searchParams.get("startingAfter");
      const from = all.findIndex((row) => row.transactionKey === after) + 1;
      const limit = Number(searchParams.get("limit"));
      return Response.json(all.slice(from, from + limit));
    },
    log: silentLog,
  });
  const span = { from: "2026-01-05T05:00:00.000Z", to: "2026-01-05T05:10:00.000Z" };
  const listed = await gateway.listTransactions(span);
  expect(listed.map((row) => row.transactionKey)).toEqual(all.map((row) => row.transactionKey));
});

test.each(["..", ".", "", "a/b", "a?b", "a%2fb", "confirm", "orders"])(
  'the paymentKey "%s" is not Toss\'s, and nothing is sent for it',
  async (paymentKey) => {
    const gateway = tossGateway({
      apiUrl: "http://toss.test",
      secretKey: "test_sk_sandbox",
      timeoutMs: 1_000,
      perSecond: 100,
      fetch: ({ url }) => Promise.reject(new Error(`called ${url}`)),
      log: silentLog,
    });
    const call = { paymentKey, orderId: "0123456789", idempotencyKey: "k" };
    expect(await gateway.find(paymentKey)).toEqual({ kind: "missing" });
    for (const answer of [
      await gateway.confirm({ ...call, amount: 1000 }),
      await gateway.cancel({ ...call, reason: "-" }),
    ])
      expect(answer).toMatchObject({ kind: "refused" });
  },
);
