import { listed, shown, UserError, type Output } from "@payflow/local-stack";
import type { Work } from "../context.ts";
import { idInShop } from "../order_changes.ts";
import { shopOf, type Shop } from "../shop.ts";
import { sandboxOf } from "./sandbox_place.ts";
import type { ScenarioName } from "./scenario_names.ts";
import { paymentOf, scenarios, type Order } from "./scenarios.ts";

/** Above the minimum of each payment method, and divisible for partial refunds. */
const sampleAmount = 15_000;

/** Plays a scenario with the given or a new order, and shows the steps. */
export const trigger: Work = async ({ words: [name = "", word], flags }, context, io) => {
  const sandbox = await sandboxOf(context);
  const shop = shopOf(context);
  const orderId = word === undefined ? undefined : await idInShop(word, shop);
  const steps: string[] = [];
  const did = async (text: string) => {
    steps.push(text);
    if (!flags["json"]) await io.print(`  ${text}\n`);
  };
  const order = orderId === undefined ? await placed(shop, name) : await found(shop, orderId);
  await did(`${orderId === undefined ? "placed" : "took"} order ${order.orderId}, ${order.status}`);
  const { from, run } = scenarios[name as ScenarioName];
  if (!from.includes(order.status))
    throw new UserError(
      `Order ${order.orderId} is ${order.status}: ${name} needs an order that is ${from.join(" or ")}, or none.`,
    );
  const payment = await paymentOf(shop, order);
  const paymentKey = await run({ shop, sandbox, order, payment, did });
  const after = await found(shop, order.orderId);
  const links = {
    page: after.checkoutUrl ?? null,
    sandboxPage: `${sandbox.url}/payments/${paymentKey}`,
    show: `bun run payflow orders show ${order.orderId}`,
  };
  const result = { scenario: name, orderId: order.orderId, orderStatus: after.status };
  const { status = null } = (await paymentOf(shop, after)) ?? {};
  const json = { ...result, paymentStatus: status, paymentKey, ...links, steps };
  const { steps: _, ...brief } = json;
  return { json, text: `\n${shown(brief).text}` };
};

async function placed(shop: Shop, name: string): Promise<Order> {
  const { body } = await shop.call<Order>("POST /api/orders", {
    body: {
      orderName: `Sandbox scenario: ${name}`,
      amount: sampleAmount,
      customerName: "김샌드",
      customerEmail: "sandbox@example.com",
    },
  });
  return body;
}

async function found(shop: Shop, orderId: string): Promise<Order> {
  return (await shop.call<Order>(`GET /api/orders/${orderId}`)).body;
}

type SandboxPayment = { readonly status: string; readonly heldAmount: number };

/** Shows the sandbox's data and its active faults. */
export const status: Work = async (_, context): Promise<Output> => {
  const sandbox = await sandboxOf(context);
  const [clock, { faults }, { switches, webhooks }, { payments }] = await Promise.all([
    sandbox.call<Record<string, unknown>>("GET /_sandbox/clock"),
    sandbox.call<{ faults: Record<string, unknown>[] }>("GET /_sandbox/faults"),
    sandbox.call<{ switches: object; webhooks: { state: string }[] }>("GET /_sandbox/webhooks"),
    sandbox.call<{ payments: SandboxPayment[] }>("GET /_sandbox/payments"),
  ]);
  const count = (state: string) => webhooks.filter((webhook) => webhook.state === state).length;
  const summary = {
    url: sandbox.url,
    clock,
    payments: payments.length,
    heldAmount: payments.reduce((sum, { heldAmount }) => sum + heldAmount, 0),
    webhooksPending: count("pending"),
    webhooksFailed: count("failed"),
    switches,
  };
  const text = `${shown(summary).text}\n\nFaults\n${listed(faults).text}`;
  return { json: { ...summary, faults }, text };
};
