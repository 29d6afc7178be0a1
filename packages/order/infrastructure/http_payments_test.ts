import { expect, test } from "bun:test";
import { silentLog } from "@payflow/shared/http";
import { httpPayments, isTemporaryFailure } from "./http_payments.ts";

const brokenBody = () =>
  new ReadableStream({
    pull(controller) {
      controller.error(new Error("the connection broke"));
    },
  });

const failureBy = (response: () => Response) => {
  const config = { url: "http://payment.test", internalApiKey: "key", confirmWaitMs: 1_000 };
  const payments = httpPayments({ ...config, log: silentLog, fetch: async () => response() });
  return payments.find({ orderIds: [] }).catch((error: unknown) => error);
};
const away = { kind: "unavailable", code: "payment_unavailable" };

test.each([200, 500])(
  "httpPayments() retries a response %d whose body breaks off",
  async (status) => {
    const failure = await failureBy(() => new Response(brokenBody(), { status }));
    expect(failure).toMatchObject(away);
    expect(isTemporaryFailure(failure)).toBe(true);
  },
);

test.each([
  [500, "{}", false],
  [400, "{}", false],
  [200, "{}", false],
  [503, "{}", true],
])("isTemporaryFailure() after a response %d %s is %p", async (status, body, isToPass) => {
  const failure = await failureBy(() => new Response(body, { status }));
  expect(failure).toMatchObject(away);
  expect(isTemporaryFailure(failure)).toBe(isToPass);
});
