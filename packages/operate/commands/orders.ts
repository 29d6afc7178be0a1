import type { CommandGroup, Option } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";

/** The same as in order's domain; payflow_test.ts compares them. */
export const orderStatusNames = [
  "PENDING",
  "AWAITING_DEPOSIT",
  "CONFIRMED",
  "PARTIALLY_REFUNDED",
  "REFUNDED",
  "CANCELED",
  "EXPIRED",
];

const order = { name: "ORDER", about: "The order's number (1127-K7P3) or its id" };
const filters: Readonly<Record<string, Option>> = {
  status: { value: "STATUS", about: orderStatusNames.join(", "), oneOf: orderStatusNames },
  since: { value: "TIME", about: "Placed since: 2026-11-25, 2026-11-25T09:00:00+09:00, 24h, 7d" },
  email: { value: "EMAIL", about: "Of this customer" },
  reference: { value: "TEXT", about: "With this merchantReference" },
};
const yes: Option = { about: "Skips the prompt, for scripts" };
const byApi =
  "Calls the shop's API at PUBLIC_URL with PAYFLOW_API_KEY, else MERCHANT_API_KEY, else the key of the stack on this machine.";
const sampleId = "019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f";

/** Commands about orders: list, show, export, refund, cancel. */
export function orderCommands(context: Context): Record<string, CommandGroup> {
  const reading = () => import("../orders.ts");
  const answering = () => import("../refund_requests.ts");
  const changing = () => import("../order_changes.ts");
  return {
    orders: {
      summary: "List, show, refund, cancel and export orders, answer refund requests",
      topic: "Orders and money",
      commands: {
        list: {
          summary: "List orders, newest first",
          options: {
            ...filters,
            limit: { value: "N", about: "At most N", default: "20" },
          },
          fields:
            "orderId, orderNumber, merchantReference, status, orderName, amount, refundedAmount, customerName, customerEmail, createdAt, confirmedAt",
          examples: [
            ["--status AWAITING_DEPOSIT --since 7d", "Who has yet to pay into an account?"],
            ["--email kim@example.com", "A customer's orders"],
          ],
          run: later(context, async () => (await reading()).listOrders),
        },
        show: {
          summary: "Show an order: its payment, money and history in both services",
          words: [order],
          fields:
            "order, payment (null until payment knows the order), ledger (movements of money), history (of both services, with actor, reason and events)",
          examples: [
            ["1127-K7P3", "What happened to the order with this number?"],
            [sampleId, "And to the one with this id?"],
          ],
          run: later(context, async () => (await reading()).showOrder),
        },
        export: {
          summary: "Write all orders of a filter, as CSV for a spreadsheet or as JSON lines",
          about:
            "Streamed, newest first, in bounded memory. The CSV is UTF-8 with the mark that Excel needs, and no cell is taken for a formula.",
          options: {
            ...filters,
            csv: { about: "Writes CSV (the default)" },
            jsonl: { about: "Writes a JSON object on each line, with the fields of orders list" },
          },
          examples: [
            [
              "--since 2026-11-01 --status CONFIRMED > orders.csv",
              "Orders since November that are paid and not refunded",
            ],
          ],
          run: later(context, async () => (await reading()).exportOrders),
        },
        refund: {
          summary: "Refund an order's payment, all of it or a part",
          about: `Shows what will remain and prompts, or takes --yes. ${byApi}

Safe to repeat: the Idempotency-Key is printed before the call, and with the same key and the same amount the refund is made once. Without --amount all that is left goes back.`,
          words: [order],
          options: {
            reason: { value: "TEXT", about: "Why, for Toss and the history", required: true },
            amount: { value: "WON", about: "All that is left unless given" },
            "tax-free": {
              value: "WON",
              about: "Of the amount, what bears no VAT; its share of what is left unless given",
            },
            account: {
              value: "BANK:NUMBER:HOLDER",
              about: "Where a deposit goes back to, as 88:110123456789:김민수",
            },
            "idempotency-key": { value: "KEY", about: "Of the call that is repeated" },
            yes,
          },
          fields: "orderId, paymentStatus, refunded, balanceAmount, isOpen, idempotencyKey",
          examples: [
            [`${sampleId} --amount 4000 --reason 변심`, "Refund 4,000 won"],
            [`${sampleId} --reason 품절 --yes`, "Refund all that is left, in a script"],
          ],
          run: later(context, async () => (await changing()).refund),
        },
        requests: {
          summary: "List refund requests of shoppers that wait for an answer",
          about: byApi,
          fields: "orderId, status, kind, text, orderName, left, requestedAt",
          examples: [["", "Open refund requests"]],
          run: later(context, async () => (await answering()).listRequests),
        },
        grant: {
          summary: "Grant a shopper's open refund request: all that is left, or a part",
          about: `Prompts, or takes --yes. Safe to repeat: a request is refunded once. ${byApi}`,
          words: [order],
          options: {
            amount: { value: "WON", about: "All that is left unless given" },
            answer: { value: "TEXT", about: "A sentence for the shopper" },
            account: {
              value: "BANK:NUMBER:HOLDER",
              about: "Where a deposit goes back to, as 88:110123456789:김민수",
            },
            yes,
          },
          fields: "orderId, orderStatus, refundedAmount, request",
          examples: [[`${sampleId} --yes`, "Grant it in a script"]],
          run: later(context, async () => (await answering()).grant),
        },
        decline: {
          summary: "Decline a shopper's open refund request, with a sentence",
          about: `Prompts, or takes --yes. ${byApi}`,
          words: [order],
          options: {
            answer: { value: "TEXT", about: "The sentence for the shopper", required: true },
            yes,
          },
          fields: "orderId, orderStatus, refundedAmount, request",
          examples: [[`${sampleId} --answer "개봉한 상품입니다"`, "Decline it"]],
          run: later(context, async () => (await answering()).decline),
        },
        cancel: {
          summary: "Cancel an order that is not paid",
          about: `Prompts, or takes --yes. Safe to repeat. ${byApi}`,
          words: [order],
          options: { reason: { value: "TEXT", about: "Why, for the history" }, yes },
          fields: "orderId, status",
          examples: [[`${sampleId} --yes`, "Cancel without a prompt"]],
          run: later(context, async () => (await changing()).cancel),
        },
      },
    },
  };
}
