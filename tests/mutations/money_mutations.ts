import { model, type Mutation } from "./mutation.ts";

const approval = "packages/payment/domain/approval.ts";
const approvalOutcome = "packages/payment/domain/approval_outcome.ts";
const approvalTest = { file: "packages/payment/domain/approval_test.ts" };
const closingTest = { file: "packages/payment/domain/closing_test.ts" };
const orderTest = { file: "packages/order/domain/order_test.ts" };
const knownScenarios = { file: "tests/model/known_scenarios_test.ts" };
const settle = "packages/payment/application/settle_payment.ts";
const tossErrors = "packages/payment/infrastructure/toss/toss_error.ts";
const tossErrorTest = { file: "packages/payment/infrastructure/toss/toss_error_test.ts" };

/** Who is charged, what goes back, and what the order says of it. */
export const moneyMutations: readonly Mutation[] = [
  {
    rule: "An unknown answer is never a no",
    broken: "a 5xx of Toss counts as a refusal",
    file: tossErrors,
    find: 'if (status >= 500 || status === 429 || status === 409) return "unknown";',
    replace: 'if (status >= 500) return "declined";',
    killer: tossErrorTest,
  },
  {
    rule: "A code that nobody knows is never a no",
    broken: "it counts as a refusal",
    file: tossErrors,
    find: 'classes[operation].get(code) ?? "unknown"',
    replace: 'classes[operation].get(code) ?? "declined"',
    killer: tossErrorTest,
  },
  {
    rule: "A query that shows no approval is never a no",
    broken: "an open attempt ends by it",
    file: approvalOutcome,
    find: "if (isOpen(known) && refusalCounts(known, moment.now)) {",
    replace: "if (isOpen(known)) {",
    killer: approvalTest,
  },
  {
    rule: "A refusal after a second confirm counts only later",
    broken: "it counts at once",
    file: approvalOutcome,
    find: '    case "declined":\n      if (attempt.posts === 1)',
    replace: '    case "declined":\n      if (attempt.posts > 0)',
    killer: approvalTest,
  },
  {
    rule: "While one paymentKey is under way no other is sent",
    broken: "another one is",
    file: approval,
    find: "      if (payment.attempts.some(mayHoldMoney)) throw inProgress(payment);\n",
    replace: "",
    killer: approvalTest,
  },
  {
    rule: "Every attempt is asked about once more after eleven minutes",
    broken: "what was declined is not",
    file: approvalOutcome,
    find: "nextAt: nextCheck(attempt, moment.now),",
    replace: "nextAt: null,",
    killer: approvalTest,
  },
  {
    rule: "An answer that Toss would only repeat calls for another key",
    broken: "the key stays",
    file: approvalOutcome,
    find: "const idempotencyKey = answered ? moment.newId() : attempt.idempotencyKey;",
    replace: "const idempotencyKey = attempt.idempotencyKey;",
    killer: approvalTest,
  },
  {
    rule: "A missing answer is asked for under the same key",
    broken: "a refund goes out again under another one, and without what Toss must hold",
    file: "packages/payment/application/refund_payment.ts",
    find: "const guards = { idempotencyKey, refundableAmount };",
    replace: "const guards = { idempotencyKey: crypto.randomUUID() };",
    killer: knownScenarios,
  },
  {
    rule: "A refund is known by its mark alone",
    broken: "another's cancel of the same sum is taken for it",
    file: "packages/payment/domain/refund_outcome.ts",
    find: "cancel.mark === refund.mark",
    replace: "cancel.amount === refund.amount",
    killer: { file: "packages/payment/domain/refunding_test.ts" },
  },
  {
    rule: "A refund that was refused when it was sent again may have been made before",
    broken: "the refusal counts at once",
    file: "packages/payment/domain/refund_outcome.ts",
    find: "isRefused && refund.posts === 1",
    replace: "isRefused",
    killer: knownScenarios,
  },
  {
    rule: "A hint is not used up by a question that got no answer",
    broken: "it is asked about when it would have been anyway",
    file: approvalOutcome,
    find: 'if (heard === "answered") return looked(payment, payment);',
    replace: "if (heard) return looked(payment, payment);",
    killer: { file: "packages/payment/domain/asking_test.ts" },
  },
  {
    rule: "An event tells something new",
    broken: "members in another order count as news",
    file: "packages/payment/domain/payment.ts",
    find: "if (sameJson(was, is)) return undefined;",
    replace: "if (JSON.stringify(was) === JSON.stringify(is)) return undefined;",
    killer: { file: "packages/payment/domain/asking_test.ts" },
  },
  {
    rule: "One refund at a time",
    broken: "a second one begins while the first is open",
    file: "packages/payment/domain/refunding.ts",
    find: "if (payment.refunds.some(isOpenRefund)) {",
    replace: "if (payment.refunds.length < 0) {",
    killer: model(5_000),
  },
  {
    rule: "A waiting account is closed at Toss first",
    broken: "the order is closed at once",
    file: "packages/payment/domain/closing.ts",
    find: "      const closing = { reason, idempotencyKey: moment.newId() };\n",
    replace:
      '      if (reason) return changed(payment, { ...payment, status: "CANCELED" }, moment);\n      const closing = { reason, idempotencyKey: moment.newId() };\n',
    killer: closingTest,
  },
  {
    rule: "An answer is applied only to the version it was asked for",
    broken: "it is applied to whatever the payment is by now",
    file: settle,
    find: `  return await decideAndSave(
    {
      orderId,
      cause: "askToss",
      detail: { paymentKey },
      decide: async (loaded) => {
        const finding = await deps.gateway.find(paymentKey);
`,
    replace: `  const finding = await deps.gateway.find(paymentKey);
  return await decideAndSave(
    {
      orderId,
      cause: "askToss",
      detail: { paymentKey },
      decide: async (loaded) => {
`,
    killer: knownScenarios,
  },
  {
    rule: "What is open is asked about by itself",
    broken: "what is due is not looked at",
    file: "packages/payment/application/settle_due_payments.ts",
    find: "await settlePayment({ orderId }, deps);",
    replace: "void settlePayment;",
    killer: model(1_000),
  },
  {
    rule: "Orders that wait are compared with payment, which opens what it has not heard of",
    broken: "payment is not asked",
    file: "packages/order/application/sweep_payments.ts",
    find: "const { payments, refused } = await compare(orders, deps, signal);",
    replace:
      "const { payments, refused } = { payments: [], refused: [] } as Compared;\n  void compare;",
    killer: model(5_000),
  },
  {
    rule: "Payments that changed are compared as well, since a settled order may be refunded",
    broken: "they are not",
    file: "packages/order/application/sweep_payments.ts",
    find: "if (snapshot.paymentVersion <= Order.paymentVersion(order)) continue;",
    replace: "if (snapshot) continue;",
    killer: knownScenarios,
  },
  {
    rule: "Toss's list is read, so that a lost webhook costs only minutes",
    broken: "a cancel in it is not looked for",
    file: "packages/payment/domain/toss_transaction.ts",
    find: "!knowsCancel(payment, attempt, row))",
    replace: "knowsCancel(payment, attempt, row))",
    killer: { file: "packages/payment/domain/toss_transaction_test.ts" },
  },
  {
    rule: "The server decides the sum",
    broken: "the browser's is taken",
    file: approval,
    find: "if (amount !== payment.amount) {",
    replace: "if (amount < 0) {",
    killer: approvalTest,
  },
  {
    rule: "An approval of another sum goes back",
    broken: "it is kept",
    file: "packages/payment/domain/toss_result.ts",
    find: "toss.totalAmount === payment.amount && toss.currency",
    replace: "toss.totalAmount > 0 && toss.currency",
    killer: approvalTest,
  },
  {
    rule: "A closed order takes no payment",
    broken: "a closed row can be paid",
    file: approval,
    find: '    case "CANCELED":\n    case "EXPIRED":\n      throw notPayable(payment, `it is ${payment.status}`);\n',
    replace: '    case "CANCELED":\n    case "EXPIRED":\n      return;\n',
    killer: approvalTest,
  },
  {
    rule: "OrderCreated fills a closed row in and does not open it",
    broken: "it opens it",
    file: "packages/payment/application/open_payment.ts",
    find: ": unchanged(loaded, moment),",
    replace:
      ": { ...unchanged(loaded, moment), state: { ...open(facts, moment.now), version: loaded.version + 1 } },",
    killer: model(5_000),
  },
  {
    rule: "An approval for a closed order goes back",
    broken: "it is kept, and the order revived",
    file: "packages/payment/domain/toss_result.ts",
    find: "if (right && (open || (isKept && !isRevived(payment, kept, toss))))",
    replace: "if (right)",
    killer: approvalTest,
  },
  {
    rule: "An order follows only a newer snapshot",
    broken: "an older one is applied as well",
    file: "packages/order/domain/order.ts",
    find: "snapshot.paymentVersion > paymentVersion(order) &&\n",
    replace: "snapshot.paymentVersion > 0 &&\n",
    killer: orderTest,
  },
];
