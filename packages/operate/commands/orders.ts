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
  email: { value: "EMAIL", about: "Orders of this customer" },
  reference: { value: "TEXT", about: "Orders with this merchantReference" },
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
      summary: "List, show, refund, cancel and export orders; answer refund requests",
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
            ["--status AWAITING_DEPOSIT --since 7d", "Orders that wait for a deposit"],
            ["--email kim@example.com", "A customer's orders"],
          ],
          run: later(context, async () => (await reading()).listOrders),
        },
        show: {
          summary: "Show an order: its payment, money and history in both services",
          words: [order],
          fields:
            "order, payment (null until it is set up), ledger (movements of money), history (of both services, with actor, reason and events)",
          examples: [
            ["1127-K7P3", "By order number"],
            [sampleId, "By id"],
          ],
          run: later(context, async () => (await reading()).showOrder),
        },
        export: {
          summary: "Export all orders that match a filter, as CSV or JSON lines",
          about:
            "Streams orders, newest first. The CSV is UTF-8 with a byte order mark for Excel, and cells are escaped so that none is a formula.",
          options: {
            ...filters,
            csv: { about: "Writes CSV (the default)" },
            jsonl: { about: "Writes a JSON object on each line, with the fields of orders list" },
          },
          examples: [
            [
              "--since 2026-11-01 --status CONFIRMED > orders.csv",
              "Orders placed since November that are paid and not refunded",
            ],
          ],
          run: later(context, async () => (await reading()).exportOrders),
        },
        refund: {
          summary: "Refund an order's payment, in full or in part",
          about: `Shows the remaining balance and prompts, unless --yes. ${byApi}

Safe to retry: the Idempotency-Key is printed before the call, and a retry with the same key and amount makes no second refund. Without --amount, the whole balance is refunded.`,
          words: [order],
          options: {
            reason: {
              value: "TEXT",
              about: "The reason, for Toss and the history",
              required: true,
            },
            amount: { value: "WON", about: "Default: the whole balance" },
            "tax-free": {
              value: "WON",
              about: "The VAT-free part of the amount; default: its share of the balance",
            },
            account: {
              value: "BANK:NUMBER:HOLDER",
              about: "The account for refunding a deposit, such as 88:110123456789:김민수",
            },
            "idempotency-key": { value: "KEY", about: "The key of the refund to retry" },
            yes,
          },
          fields: "orderId, paymentStatus, refunded, balanceAmount, isOpen, idempotencyKey",
          examples: [
            [`${sampleId} --amount 4000 --reason 변심`, "Refund 4,000 won"],
            [`${sampleId} --reason 품절 --yes`, "Refund the whole balance in a script"],
          ],
          run: later(context, async () => (await changing()).refund),
        },
        requests: {
          summary: "List shoppers' open refund requests",
          about: byApi,
          fields: "orderId, orderNumber, status, kind, text, orderName, left, requestedAt",
          examples: [["", "Open refund requests"]],
          run: later(context, async () => (await answering()).listRequests),
        },
        grant: {
          summary: "Grant a shopper's open refund request, in full or in part",
          about: `Prompts, unless --yes. Safe to retry: a request is refunded once. ${byApi}`,
          words: [order],
          options: {
            amount: { value: "WON", about: "Default: the whole balance" },
            answer: { value: "TEXT", about: "An answer for the shopper" },
            account: {
              value: "BANK:NUMBER:HOLDER",
              about: "The account for refunding a deposit, such as 88:110123456789:김민수",
            },
            yes,
          },
          fields: "orderId, orderStatus, refundedAmount, request",
          examples: [[`${sampleId} --yes`, "Grant it in a script"]],
          run: later(context, async () => (await answering()).grant),
        },
        decline: {
          summary: "Decline a shopper's open refund request, with an answer",
          about: `Prompts, unless --yes. ${byApi}`,
          words: [order],
          options: {
            answer: { value: "TEXT", about: "The answer for the shopper", required: true },
            yes,
          },
          fields: "orderId, orderStatus, refundedAmount, request",
          examples: [[`${sampleId} --answer "개봉한 상품입니다"`, "Decline it"]],
          run: later(context, async () => (await answering()).decline),
        },
        cancel: {
          summary: "Cancel an unpaid order",
          about: `Prompts, unless --yes. Safe to retry. ${byApi}`,
          words: [order],
          options: { reason: { value: "TEXT", about: "The reason, for the history" }, yes },
          fields: "orderId, status",
          examples: [[`${sampleId} --yes`, "Cancel without a prompt"]],
          run: later(context, async () => (await changing()).cancel),
        },
      },
    },
  };
}
