import type { CommandGroup, Option } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";

const byApi =
  "Calls the shop's API at PUBLIC_URL with PAYFLOW_API_KEY, else MERCHANT_API_KEY, else the key of the stack on this machine.";
const endpoint = { name: "ENDPOINT", about: "Its id, its address, or a beginning of either" };
const endpointFields =
  "endpointId, url, description, eventTypes (null: all), createdAt, disabledAt, disabledReason, failingSince, lastSuccessAt, formerSecretUntil";
const deliveryFields =
  "eventId, eventType, orderId, createdAt, state, tries, nextAt, endedAt, lastStatus, lastError";
const eventsOption: Option = {
  value: "A,B",
  about: "Only these events, as OrderConfirmed,OrderRefunded; all: all of them",
};
const yes: Option = { about: "Skips the prompt, for scripts" };

/** Commands about webhooks to the shop's own servers. */
export function webhookCommands(context: Context): Record<string, CommandGroup> {
  const webhooks = () => import("../webhooks.ts");
  return {
    webhooks: {
      summary: "Webhooks to the shop's own servers: endpoints, deliveries, resends",
      topic: "Events",
      about: "docs/webhooks.md says what a receiver has to do.",
      commands: {
        endpoints: {
          summary: "Addresses that get the shop's events",
          otherwise: (words) => (/^--|^$/.test(words[0] ?? "") ? "list" : undefined),
          commands: {
            list: {
              summary: "List the addresses that get events, and how each is doing",
              about: byApi,
              fields: endpointFields,
              run: later(context, async () => (await webhooks()).listEndpoints),
            },
            create: {
              summary: "Add an address; its secret is shown once",
              about: `Needs a key of role admin. ${byApi}`,
              words: [{ name: "URL", about: "https, and public unless WEBHOOK_ALLOW_PRIVATE" }],
              options: {
                events: eventsOption,
                description: { value: "TEXT", about: "What it is for" },
              },
              fields: `secret, ${endpointFields}`,
              examples: [["https://shop.example/hooks --events OrderConfirmed", "Get paid orders"]],
              run: later(context, async () => (await webhooks()).createEndpoint),
            },
            change: {
              summary: "Change an address, or turn it off or on",
              about: `What is not given stays. Turned on, it continues with what was waiting. Needs a key of role admin. ${byApi}`,
              words: [endpoint],
              options: {
                url: { value: "URL", about: "The new address, which the next try goes to" },
                events: eventsOption,
                description: { value: "TEXT", about: "What it is for" },
                on: { about: "Turns it on, after it was turned off" },
                off: { about: "Turns it off: it gets no events until it is on again" },
              },
              fields: endpointFields,
              examples: [["https://shop.example --on", "After the receiver was mended"]],
              run: later(context, async () => (await webhooks()).changeEndpoint),
            },
            remove: {
              summary: "Remove an address; what waits for it is not sent",
              about: `Prompts, or takes --yes. Needs a key of role admin. ${byApi}`,
              words: [endpoint],
              options: { yes },
              fields: "endpointId, removed",
              run: later(context, async () => (await webhooks()).removeEndpoint),
            },
          },
        },
        deliveries: {
          summary: "List what was sent to an address, newest first",
          about: `Of the last thirty days. ${byApi}`,
          words: [endpoint],
          options: {
            state: {
              value: "STATE",
              about: "Only those that are waiting, delivered or gave_up",
              oneOf: ["waiting", "delivered", "gave_up"],
            },
            limit: { value: "N", about: "At most N", default: "100" },
          },
          fields: deliveryFields,
          examples: [["https://shop.example --state waiting", "What is still to be delivered"]],
          run: later(context, async () => (await webhooks()).listDeliveries),
        },
        show: {
          summary: "Show one delivery with its tries and what the receiver answered",
          about: byApi,
          words: [endpoint, { name: "EVENT_ID", about: "The header webhook-id" }],
          fields: `${deliveryFields}, body, log`,
          run: later(context, async () => (await webhooks()).showDelivery),
        },
        resend: {
          summary: "Send one event again, or all since a time",
          about: `Under the same webhook-id: a receiver that has processed it can ignore it. --since also sends what happened while the address was off. Needs a key of role operate. ${byApi}`,
          words: [endpoint, { name: "EVENT_ID", optional: true }],
          options: {
            since: { value: "TIME", about: "2026-11-25, 2026-11-25T09:00:00+09:00, 30m, 24h, 7d" },
            "undelivered-only": { about: "With --since: without those that were delivered" },
          },
          fields: `${deliveryFields}; with --since: endpointId, resent`,
          examples: [
            ["https://shop.example 01a2057e-dd67-73d9-b419-d33e1d57ba22", "One event"],
            ["https://shop.example --since 24h --undelivered-only", "What it missed today"],
          ],
          run: later(context, async () => (await webhooks()).resend),
        },
        rotate: {
          summary: "Make a new secret; the former one signs as well for a while",
          about: `It is shown once. Needs a key of role admin. ${byApi}`,
          words: [endpoint],
          options: {
            "former-for-hours": {
              value: "N",
              about: "So long both sign; 0 after a leak",
              default: "24",
            },
          },
          fields: `secret, ${endpointFields}`,
          run: later(context, async () => (await webhooks()).rotateSecret),
        },
      },
    },
  };
}
