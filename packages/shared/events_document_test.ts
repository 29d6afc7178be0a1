import { expect, test } from "bun:test";
import { OrderCreated, OrderEvent } from "./order_events.ts";
import { PaymentEvent } from "./payment_events.ts";
import { generatedPart, markdownTable } from "@payflow/local-stack/testing";

/** The parts of a valibot schema that the tables need. */
type Schema = {
  readonly type: string;
  readonly pipe?: readonly { readonly type: string }[];
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly item?: Schema;
  readonly wrapped?: Schema;
  readonly default?: unknown;
  readonly literal?: unknown;
  readonly options?: readonly unknown[];
};

const meanings: Readonly<Record<string, string>> = {
  eventId: "Names the event; a copy has the same one. Also the header `ce_id`",
  eventType: "The topic's name. Also the header `ce_type`",
  occurredOn: "When it was decided. Also the header `ce_time`",
  orderId: "The message's key",
  orderNumber: "A short number for people: `1127-K7P3`",
  orderName: "As the shopper reads it",
  merchantReference: "The order's id in the shop's own system",
  metadata: "As it was given with the order",
  amount: "The price of the order, in won",
  taxFreeAmount: "The part of `amount` without VAT",
  currency: "",
  expiresAt: "From then on the order can't be paid",
  items: "The order's lines, at the prices when it was placed",
  "items[].productId": "",
  "items[].name": "",
  "items[].unitPrice": "Won for one piece",
  "items[].taxFreeAmount": "The part of `unitPrice` without VAT; absent: none",
  "items[].quantity": "",
  refundedAmount: "The sum of all refunds so far, in won",
  paymentVersion: "Rises with every change of the payment; apply only higher versions",
  status: "The payment's state, in Toss's words",
  balanceAmount: "The amount that Toss still holds, in won",
  refundMarks: "The marks of refunds made through PayFlow; others were made at Toss",
  method: "How it was paid, in Toss's words (`카드`, `가상계좌` …)",
  approvedAt: "When Toss took the money",
  receiptUrl: "Toss's receipt",
  virtualAccount: "The account for the shopper's deposit",
  "virtualAccount.bankCode": "Toss's two characters for the bank",
  "virtualAccount.accountNumber": "",
  "virtualAccount.dueAt": "The deadline for the deposit",
  refundLimits: "Toss's limits for refunds; null while there is no money",
  "refundLimits.wholeOnly": "Only the whole balance can be refunded",
  "refundLimits.until": "From then on nothing can be refunded",
  cashReceipt: "현금영수증 of a payment by account",
  "cashReceipt.type": "`소득공제` or `지출증빙`",
  "cashReceipt.status": "Toss cancels it with refunds",
  "cashReceipt.url": "Its page",
  isEscrow: "Toss holds the money until the goods have arrived",
  failure: "Why the last attempt ended without a payment",
  "failure.code": "Toss's code",
  "failure.message": "Toss's message to the shopper",
  returnedAmount: "The money for a closed or paid order that was returned, in won",
  refunding: "Money for a closed or paid order is being returned",
  refundAccountNeeded: "The return needs an account that the shopper must name",
  refundDelayed: "The bank has refused to pay a refund out, and an operator must act",
};

/** The field's JSON type and constraints. */
function shapeOf(schema: Schema): string {
  const { type, wrapped, item, options, literal, pipe = [] } = schema;
  const checks = new Set(pipe.map((action) => action.type));
  if (wrapped && type === "nullable") return `${shapeOf(wrapped)} or null`;
  if (wrapped && type === "optional")
    return `${shapeOf(wrapped)}; ${JSON.stringify(schema.default)} when missing`;
  if (wrapped && type === "exact_optional") return `${shapeOf(wrapped)}; may be missing`;
  if (type === "record") return "object of texts";
  if (item) return `list of ${shapeOf(item)}`;
  if (options) return options.map((option) => `\`${String(option)}\``).join(" ");
  if (typeof literal === "string") return `\`${literal}\``;
  if (checks.has("uuid")) return "UUID";
  if (checks.has("iso_timestamp")) return "time, ISO 8601 in UTC";
  if (checks.has("safe_integer")) return "whole number";
  return type;
}

function rowsOf(schema: Schema, path = ""): string[][] {
  return Object.entries(schema.entries ?? {}).flatMap(([name, field]) => {
    const here = path + name;
    const meaning = meanings[here];
    if (meaning === undefined) throw new Error(`meanings has no text for ${here}`);
    const inner = field.item ?? field.wrapped ?? field;
    return [
      [`\`${here}\``, shapeOf(field), meaning],
      ...rowsOf(inner, field.item ? `${here}[].` : `${here}.`),
    ];
  });
}

const tableOf = (schema: Schema) => markdownTable(["field", "is", "means"], rowsOf(schema));
const [, OrderOutcome] = OrderEvent.options;

test.each([
  ["order-created", OrderCreated],
  ["order-outcome", withAnyType(OrderOutcome)],
  ["payment-event", PaymentEvent],
] as const)("docs/events.md shows the fields of %s", async (name, schema) => {
  const content = tableOf(schema);
  expect(await generatedPart({ document: "events.md", name, content })).toBe(content);
});

test("all events of an order's outcome have the same fields", () => {
  for (const outcome of OrderEvent.options.slice(1))
    expect(tableOf(withAnyType(outcome))).toBe(tableOf(withAnyType(OrderOutcome)));
});

/** One table is enough for all outcomes of an order: they differ only in their type. */
function withAnyType(schema: Schema): Schema {
  const types = OrderEvent.options.slice(1).map((option) => option.entries.eventType.literal);
  const eventType = { type: "picklist", options: types };
  return { type: schema.type, entries: { ...schema.entries, eventType } };
}
