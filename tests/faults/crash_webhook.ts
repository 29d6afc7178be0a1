import { expect } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import type { End } from "./crash_ends.ts";
import { placeUnderKey, type Lead } from "./crash_leads.ts";
import type { CrashStack } from "./crash_stack.ts";

/** The webhook ids that each stack's shop received. */
const calls = new WeakMap<CrashStack, string[]>();

/** The shop's server receives an order event; the crash comes before the delivery is recorded. */
export const notifies: Lead = async (stack) => {
  const ids: string[] = [];
  calls.set(stack, ids);
  const receiver = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch({ headers }) {
      ids.push(headers.get("webhook-id") ?? "");
      return new Response();
    },
  });
  receiver.unref();
  const url = `http://127.0.0.1:${receiver.port}/`;
  const made = await stack.shopper.asMerchant("/api/webhook-endpoints", { url });
  expect(made.status).toBe(201);
  return await placeUnderKey(stack);
};

/** The restarted service delivers the same event again when the killed process's claim has expired. */
export const endsNotified: End = async (stack) => {
  await eventually(
    async () => {
      const rows = await stack.order`select outcome from webhook_deliveries`;
      expect(rows).toMatchObject([{ outcome: "delivered" }]);
    },
    { timeoutMs: 150_000, what: "the webhook to be delivered" },
  );
  const [first, ...others] = calls.get(stack) ?? [];
  expect(others).toEqual([first as string]);
};
