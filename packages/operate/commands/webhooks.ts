import type { CommandGroup, Option } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";

const byApi =
  "Calls the shop's API at PUBLIC_URL with PAYFLOW_API_KEY, else MERCHANT_API_KEY, else the key of the stack on this machine.";
const endpoint = {
  name: "ENDPOINT",
  about: "The endpoint's id or URL, or the beginning of either",
};
const endpointFields =
  "endpointId, url, description, eventTypes (null: all), createdAt, disabledAt, disabledReason, failingSince, lastSuccessAt, formerSecretUntil";
const deliveryFields =
  "eventId, eventType, orderId, createdAt, state, tries, nextAt, endedAt, lastStatus, lastError";
const eventsOption: Option = {
  value: "A,B",
  about: "Only these events, such as OrderConfirmed,OrderRefunded; `all` for all",
};
const yes: Option = { about: "Skips the prompt, for scripts" };

/** Commands about webhooks to the shop's own servers. */
export function webhookCommands(context: Context): Record<string, CommandGroup> {
  const webhooks = () => import("../webhooks.ts");
  return {
    webhooks: {
      summary: "Manage webhooks to the shop's own servers: endpoints, deliveries, resends",
      topic: "Events",
      about: "docs/webhooks.md describes what a receiver must do.",
      commands: {
        endpoints: {
          summary: "Manage endpoints that receive the shop's events",
          otherwise: (words) => (/^--|^$/.test(words[0] ?? "") ? "list" : undefined),
          commands: {
            list: {
              summary: "List endpoints with their state",
              about: byApi,
              fields: endpointFields,
              run: later(context, async () => (await webhooks()).listEndpoints),
            },
            create: {
              summary: "Add an endpoint; its secret is shown only once",
              about: `Needs a key of role admin. ${byApi}`,
              words: [
                { name: "URL", about: "An https URL; public, unless WEBHOOK_ALLOW_PRIVATE is set" },
              ],
              options: {
                events: eventsOption,
                description: { value: "TEXT", about: "A description" },
              },
              fields: `secret, ${endpointFields}`,
              examples: [
                ["https://shop.example/hooks --events OrderConfirmed", "Receive confirmed orders"],
              ],
              run: later(context, async () => (await webhooks()).createEndpoint),
            },
            change: {
              summary: "Change an endpoint, or disable or enable it",
              about: `Omitted options keep their values. An enabled endpoint continues with its waiting events. Needs a key of role admin. ${byApi}`,
              words: [endpoint],
              options: {
                url: { value: "URL", about: "The new address, which the next try goes to" },
                events: eventsOption,
                description: { value: "TEXT", about: "A description" },
                on: { about: "Enables it" },
                off: { about: "Disables it: it receives no events until it is enabled" },
              },
              fields: endpointFields,
              examples: [["https://shop.example --on", "Enable it after the receiver is fixed"]],
              run: later(context, async () => (await webhooks()).changeEndpoint),
            },
            remove: {
              summary: "Remove an endpoint; its waiting events are not sent",
              about: `Prompts, unless --yes. Needs a key of role admin. ${byApi}`,
              words: [endpoint],
              options: { yes },
              fields: "endpointId, removed",
              run: later(context, async () => (await webhooks()).removeEndpoint),
            },
          },
        },
        deliveries: {
          summary: "List deliveries to an endpoint, newest first",
          about: `Covers the last thirty days. ${byApi}`,
          words: [endpoint],
          options: {
            state: {
              value: "STATE",
              about: "Only deliveries in this state: waiting, delivered or gave_up",
              oneOf: ["waiting", "delivered", "gave_up"],
            },
            limit: { value: "N", about: "At most N", default: "100" },
          },
          fields: deliveryFields,
          examples: [["https://shop.example --state waiting", "Undelivered events"]],
          run: later(context, async () => (await webhooks()).listDeliveries),
        },
        show: {
          summary: "Show one delivery with its attempts and the receiver's responses",
          about: byApi,
          words: [endpoint, { name: "EVENT_ID", about: "The header webhook-id" }],
          fields: `${deliveryFields}, body, log`,
          run: later(context, async () => (await webhooks()).showDelivery),
        },
        resend: {
          summary: "Resend one event, or all since a time",
          about: `Uses the same webhook-id, so a receiver that has processed the event can ignore it. --since includes events from while the endpoint was disabled. Needs a key of role operate. ${byApi}`,
          words: [endpoint, { name: "EVENT_ID", optional: true }],
          options: {
            since: { value: "TIME", about: "2026-11-25, 2026-11-25T09:00:00+09:00, 30m, 24h, 7d" },
            "undelivered-only": { about: "With --since: only events that were not delivered" },
          },
          fields: `${deliveryFields}; with --since: endpointId, resent`,
          examples: [
            ["https://shop.example 01a2057e-dd67-73d9-b419-d33e1d57ba22", "One event"],
            [
              "https://shop.example --since 24h --undelivered-only",
              "What it missed in the last day",
            ],
          ],
          run: later(context, async () => (await webhooks()).resend),
        },
        rotate: {
          summary: "Create a new signing secret; the old one stays valid for a while",
          about: `The new secret is shown only once. Needs a key of role admin. ${byApi}`,
          words: [endpoint],
          options: {
            "former-for-hours": {
              value: "N",
              about: "How long both secrets sign; 0 after a leak",
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
