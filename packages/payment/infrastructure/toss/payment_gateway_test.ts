import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { silentLog } from "@payflow/shared/http";
import { createTossSandbox } from "@payflow/toss-sandbox";
import {
  type Buyer,
  caseName,
  type GatewayUnderTest,
  paymentGatewaySuite,
  suiteKey,
} from "../../testing/payment_gateway_suite.ts";
import { tossGateway } from "./toss_gateway.ts";

setDefaultTimeout(600_000);

const limits = { timeoutMs: 60_000, perSecond: 50 };

/** Toss's API at a URL, without a buyer. */
function underTest(api: {
  readonly apiUrl: string;
  readonly secretKey: string;
  readonly send: (request: Request) => Promise<Response>;
}): GatewayUnderTest {
  const { apiUrl, secretKey, send } = api;
  const at = (key: string, fetch = send) =>
    tossGateway({ ...limits, secretKey: key, apiUrl, fetch, log: silentLog });
  return {
    gateway: at(secretKey),
    wrongKeys: at("test_sk_nobodys"),
    forced: (code) =>
      at(secretKey, (request) => {
        request.headers.set("TossPayments-Test-Code", code);
        return send(request);
      }),
    call(path, init) {
      const request = new Request(new URL(path, apiUrl), init);
      request.headers.set("Authorization", `Basic ${btoa(`${secretKey}:`)}`);
      return send(request);
    },
  };
}

type Sandbox = ReturnType<typeof createTossSandbox>;

/** A buyer, a bank and a clock, simulated by the sandbox's control API. */
function sandboxBuyer(sandbox: Sandbox): Buyer {
  async function control<T>(path: string, body: unknown): Promise<T> {
    const request = new Request(`http://toss.test/_sandbox/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await (await sandbox.fetch(request)).json()) as T;
  }
  return {
    async authenticate(method, options) {
      const orderId = crypto.randomUUID();
      const { paymentKey } = await control<{ paymentKey: string }>("sessions", {
        clientKey: "test_ck_sandbox",
        method,
        orderId,
        orderName: "suite",
        amount: { currency: "KRW", value: 1000 },
        taxFreeAmount: options?.taxFreeAmount ?? 0,
        successUrl: "http://shop.test/success",
        failUrl: "http://shop.test/fail",
      });
      const code = options?.declineCode;
      const cashReceipt = options?.cashReceipt;
      await control(`sessions/${paymentKey}/authenticate`, {
        ...(code === undefined ? {} : { confirm: { fault: "decline", code } }),
        ...(cashReceipt === undefined ? {} : { cashReceipt }),
      });
      return { paymentKey, orderId };
    },
    deposit: (paymentKey) => control(`payments/${paymentKey}/deposit`, {}),
    takeBack: (paymentKey) => control(`payments/${paymentKey}/deposit`, { revert: true }),
    letPass: (minutes) => control("clock", { advanceMs: minutes * 60_000 }),
  };
}

const sandboxes: Sandbox[] = [];
afterAll(async () => {
  for (const sandbox of sandboxes) await sandbox.close();
});

paymentGatewaySuite("the sandbox", () => {
  const apiUrl = "http://toss.test";
  const sandbox = createTossSandbox({ databasePath: ":memory:", publicUrl: apiUrl });
  sandboxes.push(sandbox);
  const secretKey = "test_sk_sandbox";
  return {
    ...underTest({ apiUrl, secretKey, send: sandbox.fetch }),
    buyer: sandboxBuyer(sandbox),
  };
});

// with your own test key: the cases that need no buyer, against Toss itself
const secretKey = suiteKey(process.env["TOSS_SUITE_SECRET_KEY"]);
if (secretKey !== undefined) {
  const apiUrl = "https://api.tosspayments.com";
  paymentGatewaySuite("Toss", () =>
    underTest({ apiUrl, secretKey, send: (request) => fetch(request) }),
  );
}

test("a key that is not a test key of Toss's API is refused with a message, and never shown", () => {
  expect(suiteKey(undefined)).toBeUndefined();
  expect(suiteKey("")).toBeUndefined();
  expect(suiteKey("test_sk_mine")).toBe("test_sk_mine");
  for (const wrong of ["live_sk_mine", "test_gsk_mine", "test_ck_mine", "mine"])
    expect(() => suiteKey(wrong)).toThrow(
      /^TOSS_SUITE_SECRET_KEY must begin with test_sk_ (?!.*mine)/,
    );
});

test("caseName() shows whether the case ran against Toss", () => {
  const seen = { name: "it holds", evidence: "seen" } as const;
  const alone = { ...seen, needsBuyer: false };
  const bought = { ...seen, needsBuyer: true };
  expect(caseName("the sandbox", bought)).toBe("it holds (seen)");
  expect(caseName("Toss", alone)).toBe("it holds (seen; run against Toss)");
  expect(caseName("Toss", bought)).toBe("it holds (seen; needs a buyer)");
});
