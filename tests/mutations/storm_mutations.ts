import type { Mutation } from "./mutation.ts";

const order = "packages/order/domain/order.ts";
const orderTest = "packages/order/domain/order_test.ts";
const store = "packages/shared/http/aggregate_store.ts";
const ordersTest = "packages/order/infrastructure/postgres_orders_integration_test.ts";
const statements = "packages/outbox/save_statements.ts";
const idempotency = "packages/order/presentation/idempotency.ts";
const idempotencyTest = "packages/order/presentation/idempotency_test.ts";
const gateway = "packages/payment/infrastructure/toss/toss_gateway.ts";
const requests = "packages/payment/domain/requests.ts";
const refundTest = "tests/refund_integration_test.ts";

const answers = "packages/payment/presentation/payment_answer.ts";
const answersTest = "packages/payment/presentation/payment_answer_test.ts";
const confirmTest = "packages/payment/domain/confirm_test.ts";
const sweepTest = "tests/sweep_integration_test.ts";

const sums = { file: orderTest, name: "states the refunded amount" };
const announced = {
  file: orderTest,
  name: "announces an outcome once, although the payment changes further",
};
const saved = { file: ordersTest, name: "is read as it was saved" };
const scope = { file: idempotencyTest, name: "the same scope in every process" };
const account = { file: refundTest, name: "of a deposit needs" };

/** Events and responses to consumers, the merchant and the shopper, and refund accounts. */
export const stormMutations: readonly Mutation[] = [
  {
    rule: "A deposit that Toss no longer shows is queried several times",
    broken: "it is queried once",
    file: "packages/payment/domain/schedule.ts",
    find: "const recheckCount = 5;",
    replace: "const recheckCount = 1;",
    killer: { file: confirmTest, name: "a deposit that is no longer shown" },
  },
  {
    rule: "A deposit that Toss shows again is still checked",
    broken: "the checks end",
    file: "packages/payment/domain/schedule.ts",
    find: "return isHeld && checks > 0",
    replace: 'return isHeld && status !== "APPROVED" && checks > 0',
    killer: { file: confirmTest, name: "that is shown again" },
  },
  {
    rule: "A webhook about a paid virtual account triggers several queries, since the first response may be stale",
    broken: "there is only one query",
    file: "packages/payment/domain/schedule.ts",
    find: "if (isPaidAccount && isUnscheduled && isAsKnown)",
    replace: "if (isPaidAccount && isUnscheduled && !isAsKnown)",
    killer: { file: confirmTest, name: "a webhook about a deposit, with an unchanged response" },
  },
  {
    rule: "OrderRefunded states the refunded amount",
    broken: "it states 0",
    file: order,
    find: "refundedAmount: state.refundedAmount,",
    replace: "refundedAmount: 0,",
    killer: sums,
  },
  {
    rule: "OrderRefunded states the refunded amount",
    broken: "it states the amount refunded before",
    file: order,
    find: "refundedAmount: state.refundedAmount,",
    replace: "refundedAmount: order.refundedAmount,",
    killer: sums,
  },
  {
    rule: "OrderRefunded states the refunded amount",
    broken: "it states the remaining balance",
    file: order,
    find: "refundedAmount: state.refundedAmount,",
    replace: "refundedAmount: order.amount - state.refundedAmount,",
    killer: sums,
  },
  {
    rule: "Every event of an order states the order's amount",
    broken: "it states the balance at Toss",
    file: order,
    find: "    amount: order.amount,\n    refundedAmount",
    replace: "    amount: snapshot.balanceAmount,\n    refundedAmount",
    killer: sums,
  },
  {
    rule: "The final state of an order is announced once",
    broken: "OrderConfirmed is published again for every newer snapshot",
    file: order,
    find: "before.status === after.status &&",
    replace: "before.status === after.status && after.status !== 'CONFIRMED' &&",
    killer: announced,
  },
  {
    rule: "The final state of an order is announced once",
    broken: "OrderCanceled and OrderExpired are published again",
    file: order,
    find: "return same ? undefined : announcements[after.status];",
    replace: "return same && after.confirmedAt !== null ? undefined : announcements[after.status];",
    killer: announced,
  },
  {
    rule: "A second refund is announced as well",
    broken: "only the first refund is",
    file: order,
    find: "before.refundedAmount === after.refundedAmount;",
    replace: "after.status !== 'REFUNDED';",
    killer: { file: orderTest, name: "announces each refund once" },
  },
  {
    rule: "Events are published with their content",
    broken: "all events are empty",
    file: statements,
    find: "event && JSON.stringify(event)",
    replace: "event && JSON.stringify({})",
    killer: saved,
  },
  {
    rule: "Events are published with their content",
    broken: "Order* events are empty",
    file: store,
    find: "recordedAt: options.now(),\n        events,",
    replace:
      "recordedAt: options.now(),\n        events: events.map(({ eventId, eventType, occurredOn }) => ({ eventId, eventType, occurredOn })),",
    killer: saved,
  },
  {
    rule: "Events are published with their content",
    broken: "amounts and items are missing",
    file: statements,
    find: "event && JSON.stringify(event)",
    replace:
      "event && JSON.stringify(event, (key, value) => (['amount', 'items'].includes(key) ? undefined : value))",
    killer: saved,
  },
  {
    rule: "Events are published with their content",
    broken: "the relay sends an empty value",
    file: "packages/outbox/kafka.ts",
    find: "({ key, value, headers }))",
    replace: '({ key, value: value === null ? null : "{}", headers }))',
    killer: {
      file: "packages/outbox/outbox_relay_integration_test.ts",
      name: "publishes every row once",
    },
  },
  {
    rule: "An order keeps its items",
    broken: "they are lost",
    file: store,
    find: "row[column] = state[field as keyof State];",
    replace: 'row[column] = field === "items" ? [] : state[field as keyof State];',
    killer: saved,
  },
  {
    rule: "An order keeps its items",
    broken: "only the first line is kept",
    file: store,
    find: "row[column] = state[field as keyof State];",
    replace:
      'row[column] = field === "items" ? (state[field as keyof State] as unknown[]).slice(0, 1) : state[field as keyof State];',
    killer: saved,
  },
  {
    rule: "An order keeps the customer's name",
    broken: "the e-mail address is stored as the name",
    file: store,
    find: "row[column] = state[field as keyof State];",
    replace:
      'row[column] = state[(field === "customerName" ? "customerEmail" : field) as keyof State];',
    killer: saved,
  },
  {
    rule: "An Idempotency-Key has the same scope on every replica",
    broken: "its scope contains the process id",
    file: idempotency,
    find: "scope: deps.anonymousScope(caller.address),",
    replace: "scope: `${deps.anonymousScope(caller.address)}:${process.pid}`,",
    killer: scope,
  },
  {
    rule: "An Idempotency-Key has the same scope on every replica",
    broken: "the merchant's scope contains the replica's port",
    file: idempotency,
    find: 'scope: "merchant",',
    replace: 'scope: `merchant:${process.env["ORDER_PORT"] ?? ""}`,',
    killer: scope,
  },
  {
    rule: "An Idempotency-Key has the same scope on every replica",
    broken: "a session's scope differs in every process",
    file: idempotency,
    find: "=> `session:${sessionId}`;",
    replace: "=> `session:${sessionId}:${performance.timeOrigin}`;",
    killer: scope,
  },
  {
    rule: "A repeated request is recognized by the hash of its content",
    broken: "the hash differs in every process",
    file: idempotency,
    find: ".update(JSON.stringify(request))",
    replace: ".update(JSON.stringify([process.pid, request]))",
    killer: scope,
  },
  {
    rule: "A refund goes to the account in its request",
    broken: "it goes to another account number",
    file: gateway,
    find: "refundReceiveAccount: account ?? undefined,",
    replace: 'refundReceiveAccount: account ? { ...account, accountNumber: "1" } : undefined,',
    killer: account,
  },
  {
    rule: "A refund goes to the account in its request",
    broken: "it goes to another bank",
    file: gateway,
    find: "refundReceiveAccount: account ?? undefined,",
    replace: 'refundReceiveAccount: account ? { ...account, bank: "88" } : undefined,',
    killer: account,
  },
  {
    rule: "A refund goes to the account in its request",
    broken: "it goes to the account of the first refund",
    file: requests,
    find: "account: isDeposit ? account : null,",
    replace: "account: isDeposit ? (payment.refunds[0]?.account ?? account) : null,",
    killer: account,
  },
  {
    rule: "A late deposit is returned to the provided account",
    broken: "the last digit of the account number is lost",
    file: "packages/payment/application/settle.ts",
    find: "idempotencyKey: cancel.idempotencyKey, account };",
    replace:
      "idempotencyKey: cancel.idempotencyKey, account: account && { ...account, accountNumber: account.accountNumber.slice(0, -1) } };",
    killer: {
      file: "tests/late_money_integration_test.ts",
      name: "is then returned to it",
    },
  },
  {
    rule: "No payment is reported as expired while its attempt is open",
    broken: "410 is returned when Toss knows no session",
    file: answers,
    find: "  if (isOpen(attempt))\n",
    replace:
      '  if (isOpen(attempt) && attempt.refusalPending) return new AppError("gone", "payment_session_expired", "gone");\n  if (isOpen(attempt))\n',
    killer: { file: answersTest, name: "while the attempt is open" },
  },
  {
    rule: "No payment is reported as declined unless it was",
    broken: "an approved payment is",
    file: answers,
    find: 'if (attempt.status !== "DECLINED") return undefined;',
    replace:
      'if (attempt.status !== "DECLINED" && attempt.status !== "APPROVED") return undefined;',
    killer: { file: answersTest, name: "only for a declined attempt" },
  },
  {
    rule: "A refund is reported as made when Toss has made it",
    broken: "it is reported while it is open",
    file: answers,
    find: "isOpen: isOpen(refund) };",
    replace: "isOpen: false };",
    killer: { file: answersTest, name: "until the refund's outcome" },
  },
  {
    rule: "A webhook triggers a status query",
    broken: "webhooks are marked as handled without one",
    file: "packages/payment/application/handle_webhooks.ts",
    find: "if (payment && keys.length > 0) settled = await settlePayment(payment, deps, keys);",
    replace: "settled = keys.length > 0 ? payment : settled; void settlePayment;",
    killer: {
      file: "tests/faults/deposits_integration_test.ts",
      name: "handled when Toss has been queried",
    },
  },
  {
    rule: "A cancel in a webhook is queried until a response shows it",
    broken: "the first response, which may be stale, ends the queries",
    file: "packages/payment/application/handle_webhooks.ts",
    find: "one.tries >= triesMax || !isAhead(one, settled)",
    replace: "one.tries >= 0 || !isAhead(one, settled)",
    killer: {
      file: "packages/payment/application/handle_webhooks_integration_test.ts",
      name: "due until a response has it",
    },
  },
  {
    rule: "A payment that was rebuilt by another process needs no manual review",
    broken: "it is noted although its row has changed",
    file: "packages/payment/infrastructure/postgres_proof.ts",
    find: "for share), 0) = ${had}::integer",
    replace: "for share), 0) >= 0 * ${had}::integer",
    killer: {
      file: "packages/payment/application/recover_payment_integration_test.ts",
      name: "after two queries, unless it was changed",
    },
  },
  {
    rule: "A webhook about a deposit always causes a query",
    broken: "it causes none once the payment is paid",
    file: "packages/payment/domain/plan.ts",
    find: "kept.approvedAt !== null && kept.virtualAccount === null",
    replace: "kept.approvedAt !== null",
    killer: {
      file: "packages/payment/domain/schedule_test.ts",
      name: "isKnown() is true only for a webhook",
    },
  },
  {
    rule: "A webhook that shows a cancel causes a query",
    broken: "it causes none if the payment is paid",
    file: "packages/payment/domain/plan.ts",
    find: "showsPaid && cancelKey === null;",
    replace: "showsPaid;",
    killer: {
      file: "packages/payment/domain/schedule_test.ts",
      name: "isKnown() is true only for a webhook",
    },
  },
  {
    rule: "A deposit in a webhook is queried until a response shows it",
    broken: "a stale response without the deposit ends the queries",
    file: "packages/payment/application/handle_webhooks.ts",
    find: "showsPaid && kept.approvedAt === null",
    replace: "showsPaid && kept === null",
    killer: {
      file: "packages/payment/application/handle_webhooks_integration_test.ts",
      name: "shows a deposit is due",
    },
  },
  {
    rule: "A change without a webhook is found in Toss's list",
    broken: "the sweep over the list queries nothing",
    file: "packages/payment/application/sweep_transactions.ts",
    find: "await settlePayment(payment, deps, [paymentKey]);",
    replace: "",
    killer: { file: sweepTest, name: "found without its webhook" },
  },
  {
    rule: "A change without an event is found by the comparing sweeps",
    broken: "changed payments are not compared",
    file: "packages/order/service.ts",
    find: "sweepUnsettled, sweepChanges",
    replace: "sweepUnsettled",
    killer: { file: sweepTest, name: "found without its webhook" },
  },
  {
    rule: "A change without an event is found by the comparing sweeps",
    broken: "waiting orders are not compared",
    file: "packages/order/service.ts",
    find: "sweepUnsettled, sweepChanges",
    replace: "sweepChanges",
    killer: { file: sweepTest, name: "still expires" },
  },
];
