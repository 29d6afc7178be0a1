import { expect, test } from "bun:test";
import { silentLog } from "@payflow/shared/http";
import { httpPayments, isPaymentFault } from "./http_payments.ts";

const brokenBody = () =>
  new ReadableStream({
    pull(controller) {
      controller.error(new Error("the connection broke"));
    },
  });

const failureBy = (response: () => Response) => {
  const config = { url: "http://payment.test", internalApiKey: "key", confirmWaitMs: 1_000 };
  const payments = httpPayments({ ...config, fetch: async () => response() }, silentLog);
  return payments.find({ orderIds: [] }).catch((error: unknown) => error);
};
const away = { kind: "unavailable", code: "payment_unavailable" };

test.each([200, 500])("an answer %d whose body breaks off counts as no answer", async (status) => {
  const failure = await failureBy(() => new Response(brokenBody(), { status }));
  expect(failure).toMatchObject(away);
  expect(isPaymentFault(failure)).toBe(false);
});

test.each([
  [500, "{}", true],
  [400, "{}", true],
  [200, "{}", true],
  [503, "{}", false],
])("an answer %d %s is payment's own failure: %p", async (status, body, isItsOwn) => {
  const failure = await failureBy(() => new Response(body, { status }));
  expect(failure).toMatchObject(away);
  expect(isPaymentFault(failure)).toBe(isItsOwn);
});
