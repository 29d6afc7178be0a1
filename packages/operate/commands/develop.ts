import type { Command, CommandGroup } from "@payflow/local-stack";
import { scenarioNames } from "../sandbox/scenario_names.ts";
import { later, type Context } from "../context.ts";

const scenarios = Object.keys(scenarioNames);
const column = Math.max(...scenarios.map((name) => name.length));

/** Commands for developers who integrate PayFlow. */
export function developerCommands(context: Context): Record<string, Command | CommandGroup> {
  const topic = "Build on it";
  return {
    listen: {
      summary: "Show the shop's events as they come, and forward them to your own machine",
      topic,
      about: `Prints a line for each order event from now on. With --forward-to each is sent there, once and in order, as the shop's own webhooks are (docs/webhooks.md): type, timestamp and data as JSON, with the headers webhook-id (the event's id), webhook-timestamp and webhook-signature, signed with the secret that is printed at the start. A receiver has 15 s; failures are shown, and it goes on. Ctrl-C ends.

Reads Kafka by a consumer group of its own that commits nothing.`,
      options: {
        "forward-to": { value: "URL", about: "Where events are sent to, as localhost:3000/hooks" },
        events: { value: "A,B", about: "Only these, as OrderConfirmed,OrderRefunded" },
        since: { value: "TIME", about: "Also events since then: 2026-11-25, 30m, 24h, 7d" },
        secret: { value: "whsec_…", about: "Signs with this secret; a new one unless given" },
        "skip-verify": { about: "Takes any certificate of an https address" },
      },
      fields:
        "A line each: at, eventType, eventId, orderId, event, delivery (status, durationMs, error, response)",
      examples: [
        ["--forward-to localhost:3000/hooks", "Send all events to a local server"],
        ["--events OrderConfirmed --since 24h", "Show yesterday's confirmations, then go on"],
      ],
      run: later(context, async () => (await import("../listen/listen.ts")).listen),
    },
    sandbox: {
      summary: "Play what can happen to a payment, in the Toss sandbox",
      topic,
      commands: {
        trigger: {
          summary: "Play a whole scenario with an order, and show what happened",
          about: `Scenarios:
${Object.entries(scenarioNames)
  .map(([name, about]) => `  ${name.padEnd(column)}  ${about}`)
  .join("\n")}

Without an ORDER it places one. Works against a sandbox only, at TOSS_SANDBOX_URL; calls the shop's API at PUBLIC_URL with PAYFLOW_API_KEY, else MERCHANT_API_KEY, else the key of the stack on this machine.`,
          words: [
            { name: "SCENARIO", oneOf: scenarios },
            {
              name: "ORDER",
              about: "An order's number or id; a new order unless given",
              optional: true,
            },
          ],
          fields:
            "scenario, orderId, orderStatus, paymentStatus, paymentKey, page, sandboxPage, show, steps",
          examples: [
            ["deposit", "An order paid into a virtual account"],
            ["refund 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f", "Refund this order in Toss's console"],
          ],
          run: later(context, async () => (await import("../sandbox/trigger.ts")).trigger),
        },
        status: {
          summary: "Show what the sandbox holds, and which faults are on",
          fields:
            "url, clock, payments, heldAmount, webhooksPending, webhooksFailed, switches, faults",
          run: later(context, async () => (await import("../sandbox/trigger.ts")).status),
        },
      },
    },
  };
}
