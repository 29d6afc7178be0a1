import { model, type Mutation } from "./mutation.ts";

const requests = "packages/payment/domain/requests.ts";
const record = "packages/payment/domain/record.ts";
const ledger = "packages/payment/domain/ledger.ts";
const operation = "packages/payment/domain/operation.ts";
const confirmTest = { file: "packages/payment/domain/confirm_test.ts" };
const closingTest = { file: "packages/payment/domain/closing_test.ts" };
const orderTest = { file: "packages/order/domain/order_test.ts" };
const knownScenarios = { file: "tests/model/known_scenarios_test.ts" };
const settle = "packages/payment/application/settle.ts";
const tossErrors = "packages/payment/infrastructure/toss/toss_error.ts";
const tossErrorTest = { file: "packages/payment/infrastructure/toss/toss_error_test.ts" };

/** Who is charged, what goes back, and what the order says of it. */
export const moneyMutations: readonly Mutation[] = [
  {
    rule: "Every movement of money is booked once",
    broken: "a deposit that is taken back is not booked",
    file: ledger,
    find: "if (came < 0)",
    replace: "if (came < -Infinity)",
    killer: { file: "packages/payment/domain/ledger_test.ts", name: "taken back by the bank" },
  },
  {
    rule: "Every movement of money is booked once",
    broken: "cancels that were known are booked again",
    file: ledger,
    find: "const fresh = newest(cancels, went);",
    replace: "void newest;\n  const fresh = went > 0 ? cancels : undefined;",
    killer: { file: "packages/payment/domain/ledger_test.ts", name: "booked once" },
  },
  {
    rule: "The ledger's sum is what Toss holds",
    broken: "money that can't be kept is not booked",
    file: ledger,
    find: 'status === "VOIDING" || status === "VOIDED" ? (cancel?.amount ?? 0) : 0',
    replace: "status === undefined ? (cancel?.amount ?? 0) : 0",
    killer: model(5_000),
  },
  {
    rule: "What the ledger lacks of a day is found by comparing with Toss's list",
    broken: "the list is believed to be whole here",
    file: "packages/payment/domain/reconciliation.ts",
    find: "bookedAmount === listedAmount",
    replace: "(bookedAmount ?? listedAmount) === listedAmount",
    killer: {
      file: "packages/payment/domain/reconciliation_test.ts",
      name: "is missing here",
    },
  },
  {
    rule: "What the ledger lacks of a day is found by comparing with Toss's list",
    broken: "what Toss lists is not queried",
    file: "packages/payment/application/reconcile_day.ts",
    find: "if (differing.size > 0)",
    replace: "if (differing.size > 1_000)",
    killer: {
      file: "tests/reconciliation_integration_test.ts",
      name: "made by hand in Toss's console",
    },
  },
  {
    rule: "Every movement of money is booked once",
    broken: "money that went back comes again by a stale response",
    file: "packages/payment/domain/effect.ts",
    find: "if (isReturned && charge.balanceAmount > 0) return undefined;",
    replace: "void isReturned;",
    killer: { file: "packages/payment/domain/ledger_test.ts", name: "a stale response after" },
  },
  {
    rule: "The ledger is only added to",
    broken: "entries can be changed",
    file: "packages/payment/infrastructure/migrations/0001_payments.sql",
    find: "before update or delete or truncate on ledger_entries",
    replace: "before truncate on ledger_entries",
    killer: {
      file: "packages/payment/infrastructure/postgres_payments_integration_test.ts",
      name: "is only added to",
    },
  },
  {
    rule: "An unknown response is never a decline",
    broken: "a 5xx of Toss counts as a refusal",
    file: tossErrors,
    find: 'if (status >= 500 || status === 429 || status === 409) return "unknown";',
    replace: 'if (status >= 500) return "declined";',
    killer: tossErrorTest,
  },
  {
    rule: "An unlisted error code is never a decline",
    broken: "it counts as a refusal",
    file: tossErrors,
    find: 'classes[operation].get(code) ?? "unknown"',
    replace: 'classes[operation].get(code) ?? "declined"',
    killer: tossErrorTest,
  },
  {
    rule: "A query that shows no approval is never a decline",
    broken: "it ends an open attempt",
    file: record,
    find: "if (isOpen(attempt) && refusalCounts(attempt, confirmRules, moment))",
    replace: "if (isOpen(attempt))",
    killer: confirmTest,
  },
  {
    rule: "A refusal after a second confirm counts only after the confirm window",
    broken: "it counts at once",
    file: operation,
    find: "if (op.sends === 1 && rules.final.includes(answer.kind))",
    replace: "if (rules.final.includes(answer.kind))",
    killer: confirmTest,
  },
  {
    rule: "While one paymentKey is open no other is sent",
    broken: "another one is sent",
    file: requests,
    find: " || attempts.some(mayHoldMoney)) {",
    replace: ") {",
    killer: confirmTest,
  },
  {
    rule: "Every attempt is queried once more after eleven minutes",
    broken: "declined attempts are not",
    file: record,
    find: "failure, nextAt: lastCheckAt(attempt, moment) };",
    replace: "failure, nextAt: null };",
    killer: confirmTest,
  },
  {
    rule: "A cached error response calls for a new idempotency key",
    broken: "the key stays the same",
    file: operation,
    find: "{ idempotencyKey: moment.newId(), unanswered: 0 }",
    replace: "{ unanswered: 0 }",
    killer: confirmTest,
  },
  {
    rule: "A call without a response is resent under the same key",
    broken: "a refund is resent under a new key, without its expected balance",
    file: settle,
    find: "const guards = { idempotencyKey, refundableAmount };",
    replace: "const guards = { idempotencyKey: crypto.randomUUID() };",
    killer: knownScenarios,
  },
  {
    rule: "A refund is recognized by its mark alone",
    broken: "another cancel of the same amount is taken for it",
    file: record,
    find: "cancel.mark === refund.mark",
    replace: "cancel.amount === refund.amount",
    killer: { file: "packages/payment/domain/refund_test.ts" },
  },
  {
    rule: "A refund that is refused when resent may have been made before",
    broken: "the refusal counts at once",
    file: operation,
    find: "if (op.sends === 1 && rules.final.includes(answer.kind))",
    replace: "if (rules.final.includes(answer.kind))",
    killer: knownScenarios,
  },
  {
    rule: "A webhook stays pending until a query gets a response",
    broken: "an unanswered query uses it up",
    file: operation,
    find: "return isEarly && op.nextAt <= nextAt ? op",
    replace: "return isEarly ? op",
    killer: { file: "packages/payment/domain/schedule_test.ts" },
  },
  {
    rule: "An event reports something new",
    broken: "a different order of the same members counts as new",
    file: "packages/payment/domain/snapshot.ts",
    find: "if (sameJson(was, is)) return undefined;",
    replace: "if (JSON.stringify(was) === JSON.stringify(is)) return undefined;",
    killer: { file: "packages/payment/domain/schedule_test.ts" },
  },
  {
    rule: "One refund at a time",
    broken: "a second refund starts while the first is open",
    file: requests,
    find: "if (refunds.some(isOpen))",
    replace: "if (refunds.length < 0)",
    killer: model(5_000),
  },
  {
    rule: "A waiting account is closed at Toss first",
    broken: "the order is closed at once",
    file: requests,
    find: "if (payment.closing !== null) return undefined;",
    replace:
      'if (reason) return changed(payment, { ...payment, status: "CANCELED", closing: null }, moment);',
    killer: closingTest,
  },
  {
    rule: "A response is applied only to the version that was sent",
    broken: "it is applied to the current version",
    file: settle,
    find: `  const payment = await decideAndSave(deps, {
    orderId,
    loaded: known,
    cause: "queryStatus",
    actor: deps.moment().psp.actor,
    detail: { paymentKey },
    decide: async (loaded) => {
      const finding = await deps.gateway.find(paymentKey, orderId);
`,
    replace: `  const finding = await deps.gateway.find(paymentKey, orderId);
  const payment = await decideAndSave(deps, {
    orderId,
    loaded: known,
    cause: "queryStatus",
    actor: deps.moment().psp.actor,
    detail: { paymentKey },
    decide: async (loaded) => {
`,
    killer: knownScenarios,
  },
  {
    rule: "Open payments are queried on schedule",
    broken: "due payments are not claimed",
    file: "packages/payment/application/settle_due_payments.ts",
    find: "await settlePayment(payment, deps);",
    replace: "void settlePayment;",
    killer: model(1_000),
  },
  {
    rule: "Waiting orders are compared with payment, which opens those it does not know",
    broken: "payment is not called",
    file: "packages/order/application/sweep_payments.ts",
    find: "const { payments, refused } = await compare(orders, sweep);",
    replace:
      "const { payments, refused } = { payments: [], refused: [] } as Compared;\n  void compare;",
    killer: model(5_000),
  },
  {
    rule: "Changed payments are compared as well, since a settled order may be refunded",
    broken: "they are not",
    file: "packages/order/application/sweep_payments.ts",
    find: "else await follow(order, snapshot, sweep);",
    replace: "",
    killer: knownScenarios,
  },
  {
    rule: "Toss's list is read, so a lost webhook costs only minutes",
    broken: "cancels in the list are ignored",
    file: "packages/payment/domain/transactions.ts",
    find: "!knowsCancel(payment, attempt, row))",
    replace: "knowsCancel(payment, attempt, row))",
    killer: { file: "packages/payment/domain/transactions_test.ts" },
  },
  {
    rule: "The server decides the amount",
    broken: "the browser's amount is used",
    file: requests,
    find: "if (amount !== payment.amount) {",
    replace: "if (amount < 0) {",
    killer: confirmTest,
  },
  {
    rule: "An approval of another amount is refunded",
    broken: "it is kept",
    file: "packages/payment/domain/effect.ts",
    find: "charge.totalAmount === payment.amount && charge.currency",
    replace: "charge.totalAmount > 0 && charge.currency",
    killer: confirmTest,
  },
  {
    rule: "A closed order accepts no payment",
    broken: "a closed row can be paid",
    file: requests,
    find: "throw notPayable(payment, `it is ${payment.status}`);",
    replace: "return;",
    killer: confirmTest,
  },
  {
    rule: "OrderCreated completes a closed row and does not reopen it",
    broken: "it reopens the row",
    file: "packages/payment/application/open_payment.ts",
    find: "loaded.version > 0 ? undefined :",
    replace:
      'loaded.version > 0 && loaded.status === "READY" ? undefined : loaded.version > 0 ? { events: [], state: { ...loaded, status: "READY", kept: null, closing: null, attempts: [], version: loaded.version + 1 } } :',
    killer: model(5_000),
  },
  {
    rule: "An approval for a closed order is refunded",
    broken: "it is kept, and the order is reopened",
    file: "packages/payment/domain/effect.ts",
    find: "if (isRight && (isOpen || (isKept && !isRevived(payment, charge))))",
    replace: "if (isRight)",
    killer: confirmTest,
  },
  {
    rule: "An order applies only newer snapshots",
    broken: "an older one is applied too",
    file: "packages/order/domain/order.ts",
    find: "snapshot.paymentVersion > paymentVersion(order);",
    replace: "snapshot.paymentVersion > 0;",
    killer: orderTest,
  },
];
