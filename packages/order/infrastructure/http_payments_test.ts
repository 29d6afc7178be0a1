import { expect, test } from "bun:test";
import { silentLog } from "@payflow/shared/http";
import { httpPayments } from "./http_payments.ts";

const brokenBody = () =>
  new ReadableStream({
    pull(controller) {
      controller.error(new Error("the connection broke"));
    },
  });

test.each([200, 500])("an answer %d whose body breaks off counts as no answer", async (status) => {
  const payments = httpPayments(
    {
      url: "http://payment.test",
      internalApiKey: "key",
      confirmWaitMs: 1_000,
      fetch: async () => new Response(brokenBody(), { status }),
    },
    silentLog,
  );
  await expect(payments.find({ orderIds: [] })).rejects.toMatchObject({
    kind: "unavailable",
    code: "payment_unavailable",
  });
});
