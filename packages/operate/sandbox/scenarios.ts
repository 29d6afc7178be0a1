// Scenarios that play the shopper, the bank and Toss by the APIs of the shop and the sandbox.
import { UserError } from "@payflow/local-stack";
import { pause } from "@payflow/database";
import type { Shop } from "../shop.ts";
import type { Sandbox } from "./sandbox_place.ts";
import type { ScenarioName } from "./scenario_names.ts";

export type Order = {
  readonly orderId: string;
  readonly orderName: string;
  readonly amount: number;
  readonly status: string;
  readonly checkoutUrl?: string;
};
type Payment = { readonly status: string; readonly paymentKey: string | null };

export type Scene = {
  readonly shop: Shop;
  readonly sandbox: Sandbox;
  readonly order: Order;
  /** The order's payment, if it exists already. */
  readonly payment: Payment | undefined;
  /** Reports a completed step. */
  readonly did: (text: string) => Promise<void>;
};

type Scenario = {
  /** The statuses that a given order may have. */
  readonly from: readonly string[];
  /** Returns the paymentKey. */
  readonly run: (scene: Scene) => Promise<string>;
};

const unpaid = ["PENDING"];
const paid = ["CONFIRMED", "PARTIALLY_REFUNDED"];

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  pay: { from: unpaid, run: (scene) => pay(scene) },
  decline: { from: unpaid, run: (scene) => tryToPay(scene, "decline") },
  "lost-answer": { from: unpaid, run: (scene) => pay(scene, "lose_response") },
  "window-fail": {
    from: unpaid,
    async run(scene) {
      const paymentKey = await openWindow(scene, "CARD");
      await scene.sandbox.call(`POST /_sandbox/sessions/${paymentKey}/fail`, {});
      await scene.did("authentication failed in the window");
      return paymentKey;
    },
  },
  expire: {
    from: unpaid,
    async run(scene) {
      const paymentKey = await authenticated(scene, "CARD");
      await scene.sandbox.call("POST /_sandbox/clock", { advanceMs: 31 * 60_000 });
      await scene.did("31 minutes passed in the sandbox");
      await confirm(scene, paymentKey);
      return paymentKey;
    },
  },
  account: { from: unpaid, run: issueAccount },
  deposit: { from: [...unpaid, "AWAITING_DEPOSIT"], run: deposited },
  "deposit-reversal": {
    from: [...unpaid, "AWAITING_DEPOSIT", "CONFIRMED"],
    async run(scene) {
      const isPaid = scene.order.status === "CONFIRMED";
      const paymentKey = isPaid ? keyOf(scene) : await deposited(scene);
      await scene.sandbox.call(`POST /_sandbox/payments/${paymentKey}/deposit`, { revert: true });
      await scene.did("the bank reversed the deposit");
      await becomes(scene, ["AWAITING_DEPOSIT"]);
      return paymentKey;
    },
  },
  "payout-failure": {
    from: [...unpaid, "AWAITING_DEPOSIT"],
    async run(scene) {
      const paymentKey = await deposited(scene);
      await scene.sandbox.call(`POST /_sandbox/payments/${paymentKey}/cancel`, {
        cancelReason: "Refunded by hand (payflow sandbox trigger)",
        refundReceiveAccount: { bank: "20", accountNumber: "1002123456789", holderName: "김샌드" },
      });
      await becomes(scene, ["REFUNDED"]);
      await scene.sandbox.call(`POST /_sandbox/payments/${paymentKey}/payout`, { fails: true });
      await scene.did(
        `the bank refused the transfer: bun run payflow payments query ${scene.order.orderId} finds out at once`,
      );
      return paymentKey;
    },
  },
  "late-deposit": {
    from: unpaid,
    async run(scene) {
      // the account is issued, but its response is lost, and the order is cancelled before a status query finds it
      const name = "lose_response,find.not_found,webhook.drop";
      const paymentKey = await authenticated(scene, "VIRTUAL_ACCOUNT", name);
      await confirm(scene, paymentKey);
      await scene.sandbox.call(`POST /_sandbox/payments/${paymentKey}/deposit`, {});
      await scene.did("the deposit arrived");
      const cancel = `POST /api/orders/${scene.order.orderId}/cancel`;
      await scene.shop.call(cancel, { withinMs: 60_000 });
      await scene.did("the order was cancelled before PayFlow knew of the deposit");
      await scene.did("bun run reconcile shows it within a minute: it needs a refund account");
      return paymentKey;
    },
  },
  "late-approval": {
    from: unpaid,
    async run(scene) {
      const { shop, sandbox, order, did } = scene;
      const paymentKey = await authenticated(scene, "CARD", "delay:8000");
      const confirming = confirm(scene, paymentKey);
      await polled(async () => {
        const { status = "READY" } = (await paymentOf(shop, order)) ?? {};
        return status === "READY" ? undefined : status;
      }, "PayFlow did not begin to confirm");
      await shop.call(`POST /api/orders/${order.orderId}/cancel`, { withinMs: 60_000 });
      await did("the order was cancelled while Toss was still working");
      await confirming;
      await polled(async () => {
        const { status, balanceAmount } = await sandbox.call<{
          status: string;
          balanceAmount: number;
        }>(`GET /v1/payments/${paymentKey}`);
        return status === "CANCELED" && balanceAmount === 0 ? true : undefined;
      }, "The approval was not refunded");
      await did("Toss approved, and PayFlow refunded the payment");
      return paymentKey;
    },
  },
  refund: { from: [...unpaid, ...paid], run: (scene) => refundByHand(scene) },
  "partial-refund": {
    from: [...unpaid, ...paid],
    run: (scene) => refundByHand(scene, Math.floor(scene.order.amount / 3)),
  },
  "duplicate-webhook": {
    from: [...unpaid, ...paid],
    async run(scene) {
      const paymentKey = await paidKey(scene);
      const ids = await sentWebhooks(scene, paymentKey);
      for (const id of [...ids, ...ids])
        await scene.sandbox.call(`POST /_sandbox/webhooks/${id}/resend`);
      await scene.did(
        `${ids.length} ${ids.length === 1 ? "webhook was" : "webhooks were"} sent twice more`,
      );
      return paymentKey;
    },
  },
};

async function openWindow(
  { sandbox, shop, order }: Scene,
  method: string,
  testName?: string,
): Promise<string> {
  const { orderId, orderName, amount } = order;
  const { paymentKey } = await sandbox.call<{ paymentKey: string }>("POST /_sandbox/sessions", {
    clientKey: sandbox.clientKey,
    method,
    amount: { currency: "KRW", value: amount },
    orderId,
    orderName,
    ...(testName === undefined ? {} : { customerName: `sandbox:${testName}` }),
    successUrl: `${shop.url}/success`,
    failUrl: `${shop.url}/fail`,
  });
  return paymentKey;
}

async function authenticated(scene: Scene, method: string, testName?: string): Promise<string> {
  const paymentKey = await openWindow(scene, method, testName);
  await scene.sandbox.call(`POST /_sandbox/sessions/${paymentKey}/authenticate`, {});
  await scene.did(`authenticated in the payment window, paymentKey ${paymentKey}`);
  return paymentKey;
}

/** Undefined: the payment service does not know the order yet. */
export async function paymentOf(shop: Shop, { orderId }: Order): Promise<Payment | undefined> {
  try {
    return (await shop.call<Payment>(`GET /api/payments/${orderId}`)).body;
  } catch (error) {
    if (error instanceof UserError && error.message.includes("payment_not_found")) return undefined;
    throw error;
  }
}

/** Confirms a payment. A rejection is a result too, which some scenarios expect. */
async function confirm({ shop, order, did }: Scene, paymentKey: string): Promise<void> {
  const { orderId, amount } = order;
  try {
    const body = { paymentKey, orderId, amount };
    const { body: payment } = await shop.call<Payment>("POST /api/payments/confirm", {
      body,
      withinMs: 60_000,
    });
    await did(`confirmed: the payment is ${payment.status}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await did(error.message);
  }
}

async function tryToPay(scene: Scene, testName?: string): Promise<string> {
  const paymentKey = await authenticated(scene, "CARD", testName);
  await confirm(scene, paymentKey);
  return paymentKey;
}

async function pay(scene: Scene, testName?: string): Promise<string> {
  const paymentKey = await tryToPay(scene, testName);
  await becomes(scene, ["CONFIRMED"]);
  return paymentKey;
}

async function issueAccount(scene: Scene): Promise<string> {
  const paymentKey = await authenticated(scene, "VIRTUAL_ACCOUNT");
  await confirm(scene, paymentKey);
  await becomes(scene, ["AWAITING_DEPOSIT"]);
  return paymentKey;
}

async function deposited(scene: Scene): Promise<string> {
  const isWaiting = scene.order.status === "AWAITING_DEPOSIT";
  const paymentKey = isWaiting ? keyOf(scene) : await issueAccount(scene);
  await scene.sandbox.call(`POST /_sandbox/payments/${paymentKey}/deposit`, {});
  await scene.did("the deposit arrived");
  await becomes(scene, ["CONFIRMED"]);
  return paymentKey;
}

async function refundByHand(scene: Scene, cancelAmount?: number): Promise<string> {
  const paymentKey = await paidKey(scene);
  await scene.sandbox.call(`POST /_sandbox/payments/${paymentKey}/cancel`, {
    cancelReason: "Refunded by hand (payflow sandbox trigger)",
    ...(cancelAmount === undefined ? {} : { cancelAmount }),
  });
  await scene.did(`refunded in Toss's console: ${cancelAmount ?? "the whole balance"}`);
  await becomes(scene, cancelAmount === undefined ? ["REFUNDED"] : ["PARTIALLY_REFUNDED"]);
  return paymentKey;
}

const paidKey = (scene: Scene) => (paid.includes(scene.order.status) ? keyOf(scene) : pay(scene));

function keyOf({ payment, order }: Scene): string {
  if (payment?.paymentKey) return payment.paymentKey;
  throw new UserError(`Order ${order.orderId} has no payment at the sandbox.`);
}

/** The webhooks of a payment, once they were sent, two seconds after their cause. */
async function sentWebhooks({ sandbox }: Scene, paymentKey: string): Promise<readonly number[]> {
  type Webhook = { readonly id: number; readonly paymentKey: string; readonly state: string };
  return await polled(async () => {
    const found: Webhook[] = [];
    let after = 0;
    for (;;) {
      const { webhooks } = await sandbox.call<{ webhooks: Webhook[] }>(
        `GET /_sandbox/webhooks?after=${after}&limit=10000`,
      );
      found.push(...webhooks.filter((webhook) => webhook.paymentKey === paymentKey));
      if (webhooks.length < 10_000) break;
      after = webhooks.at(-1)?.id ?? 0;
    }
    const isSent = found.length > 0 && found.every(({ state }) => state !== "pending");
    return isSent ? found.map(({ id }) => id) : undefined;
  }, "Toss's webhooks were not sent");
}

async function becomes({ shop, order, did }: Scene, statuses: readonly string[]): Promise<void> {
  const status = await polled(
    async () => {
      const { body } = await shop.call<Order>(`GET /api/orders/${order.orderId}`);
      return statuses.includes(body.status) ? body.status : undefined;
    },
    `Order ${order.orderId} did not become ${statuses.join(" or ")}`,
  );
  await did(`the order is ${status}`);
}

/** A status query follows a lost response after five seconds; a webhook may take a few seconds too. */
const becomesWithinMs = 60_000;

async function polled<T>(look: () => Promise<T | undefined>, failure: string): Promise<T> {
  const until = performance.now() + becomesWithinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > until)
      throw new UserError(
        `${failure} within ${becomesWithinMs / 1000} s: bun run doctor may show why.`,
      );
    await pause(300);
  }
}
