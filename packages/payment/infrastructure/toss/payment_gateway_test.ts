import { silentLog } from "@payflow/shared/runtime";
import { createTossSandbox } from "@payflow/toss-sandbox";
import { paymentGatewaySuite } from "../../testing/payment_gateway_suite.ts";
import { tossGateway } from "./toss_gateway.ts";

const limits = { timeoutMs: 60_000, perSecond: 50 };

const sandbox = createTossSandbox({
  databasePath: ":memory:",
  publicUrl: "http://toss.test",
});
const atSandbox = (secretKey: string) =>
  tossGateway(
    {
      ...{ ...limits, secretKey, apiUrl: "http://toss.test" },
      fetch: (request) => sandbox.fetch(request),
    },
    silentLog,
  );

async function control<T>(path: string, body: unknown): Promise<T> {
  const request = new Request(`http://toss.test/_sandbox/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await (await sandbox.fetch(request)).json()) as T;
}

paymentGatewaySuite("the sandbox", () => ({
  gateway: atSandbox("test_sk_sandbox"),
  wrongKeys: atSandbox("test_sk_nobodys"),
  async authenticated(method, options) {
    const orderId = crypto.randomUUID();
    const { paymentKey } = await control<{ paymentKey: string }>("sessions", {
      ...{ clientKey: "test_ck_sandbox", method, orderId, orderName: "suite" },
      amount: { currency: "KRW", value: 1000 },
      successUrl: "http://shop.test/success",
      failUrl: "http://shop.test/fail",
    });
    const code = options?.declineCode;
    await control(
      `sessions/${paymentKey}/authenticate`,
      code === undefined ? {} : { confirm: { fault: "decline", code } },
    );
    return { paymentKey, orderId };
  },
  async deposit(paymentKey) {
    await control(`payments/${paymentKey}/deposit`, {});
  },
}));

// with a test key of one's own: what needs no buyer, against Toss itself
const ownKey = process.env["TOSS_SUITE_SECRET_KEY"];
if (ownKey?.startsWith("test_sk_")) {
  const atToss = (secretKey: string) =>
    tossGateway(
      { ...limits, secretKey, apiUrl: "https://api.tosspayments.com" },
      silentLog,
    );
  paymentGatewaySuite("Toss", () => ({
    gateway: atToss(ownKey),
    wrongKeys: atToss("test_sk_nobodys"),
  }));
}
