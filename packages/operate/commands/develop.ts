import type { Command, CommandGroup } from "@payflow/local-stack";
import { scenarioNames } from "../sandbox/scenario_names.ts";
import { later, type Context } from "../context.ts";

const scenarios = Object.keys(scenarioNames);
const column = Math.max(...scenarios.map((name) => name.length));

/** Commands for developers who integrate PayFlow. */
export function developerCommands(context: Context): Record<string, Command | CommandGroup> {
  const topic = "Integrate";
  return {
    listen: {
      summary: "Show the shop's events live, and forward them to your machine",
      topic,
      about: `Prints a line for each new order event. --forward-to posts each event to a URL, once and in order, in the format of webhooks (docs/webhooks.md): type, timestamp and data as JSON, with the headers webhook-id (the event's id), webhook-timestamp and webhook-signature, signed with the secret that is printed at the start. The receiver must respond within 15 s; failures are shown and not retried. Ctrl-C ends it.

Reads Kafka with a consumer group of its own, which commits no offsets.`,
      options: {
        "forward-to": {
          value: "URL",
          about: "Posts events to this URL, such as localhost:3000/hooks",
        },
        events: { value: "A,B", about: "Only these events, such as OrderConfirmed,OrderRefunded" },
        since: { value: "TIME", about: "Also events since then: 2026-11-25, 30m, 24h, 7d" },
        secret: { value: "whsec_…", about: "Signs with this secret; default: a new one" },
        "skip-verify": { about: "Accepts any certificate of an https URL" },
      },
      fields:
        "One line per event: at, eventType, eventId, orderId, event, delivery (status, durationMs, error, response)",
      examples: [
        ["--forward-to localhost:3000/hooks", "Send all events to a local server"],
        ["--events OrderConfirmed --since 24h", "Show the last day's confirmations, then new ones"],
      ],
      run: later(context, async () => (await import("../listen/listen.ts")).listen),
    },
    sandbox: {
      summary: "Play payment scenarios in the Toss sandbox",
      topic,
      commands: {
        trigger: {
          summary: "Play one scenario with an order, and show each step",
          about: `Scenarios:
${Object.entries(scenarioNames)
  .map(([name, about]) => `  ${name.padEnd(column)}  ${about}`)
  .join("\n")}

Without ORDER, it places a new order. Works only with a sandbox, at TOSS_SANDBOX_URL. Calls the shop's API at PUBLIC_URL with PAYFLOW_API_KEY, else MERCHANT_API_KEY, else the key of the stack on this machine.`,
          words: [
            { name: "SCENARIO", oneOf: scenarios },
            {
              name: "ORDER",
              about: "An order's number or id; default: a new order",
              optional: true,
            },
          ],
          fields:
            "scenario, orderId, orderStatus, paymentStatus, paymentKey, page, sandboxPage, show, steps",
          examples: [
            ["deposit", "Pay a new order by virtual account"],
            [
              "refund 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f",
              "Refund this order as in Toss's console",
            ],
          ],
          run: later(context, async () => (await import("../sandbox/trigger.ts")).trigger),
        },
        status: {
          summary: "Show the sandbox's payments, webhooks and active failures",
          fields:
            "url, clock, payments, heldAmount, webhooksPending, webhooksFailed, switches, faults",
          run: later(context, async () => (await import("../sandbox/trigger.ts")).status),
        },
      },
    },
  };
}
