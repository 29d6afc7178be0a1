import { model, type Mutation } from "./mutation.ts";

const record = "packages/payment/domain/record.ts";
const requests = "packages/payment/domain/requests.ts";
const plan = "packages/payment/domain/plan.ts";
const answers = "packages/payment/presentation/payment_answer.ts";
const snapshots = "packages/payment/domain/snapshot.ts";
const changes = "packages/payment/domain/change.ts";
const settle = "packages/payment/application/settle.ts";
const webhooks = "packages/payment/application/handle_webhooks.ts";
const settleDue = "packages/payment/application/settle_due_payments.ts";
const orders = "packages/order/domain/order.ts";
const schedule = { file: "packages/payment/domain/schedule_test.ts" };
const confirmTest = { file: "packages/payment/domain/confirm_test.ts" };
const scenarios = { file: "tests/model/known_scenarios_test.ts" };
const anotherPsp = { file: "packages/payment/another_psp_integration_test.ts" };
const actors = { file: "tests/actor_integration_test.ts" };
const reach = { file: "packages/payment/toss_reach_integration_test.ts" };

/** Actors, refund accounts, responses and events, blocked orders, and schedules. */
export const paymentMutations: readonly Mutation[] = [
  {
    rule: "Every change records its actor",
    broken: "the provider's response is recorded with the caller as actor",
    file: settle,
    find: "cause: recordCauses[call.kind], actor: deps.moment().psp.actor,",
    replace: "cause: recordCauses[call.kind],",
    killer: { ...actors, name: "a shopper's confirm" },
  },
  {
    rule: "The audit is append-only",
    broken: "its rows can be changed and deleted",
    file: "packages/outbox/migrations/0001_messages.sql",
    find: "before update or delete or truncate on audit",
    replace: "before truncate on audit",
    killer: { ...actors, name: "an erasure leaves an append-only audit row" },
  },
  {
    rule: "Every change records its actor",
    broken: "order does not send the caller to payment",
    file: "packages/order/infrastructure/http_payments.ts",
    find: "[actingHeader]: sentActing(acting()),",
    replace: "X: String([actingHeader, sentActing, acting]),",
    killer: { ...actors, name: "a refund is recorded for its key" },
  },
  {
    rule: "Money is returned to the provided account",
    broken: "a refund stores another account number",
    file: requests,
    find: "account: isDeposit ? account : null,",
    replace: 'account: isDeposit && account ? { ...account, accountNumber: "0" } : null,',
    killer: scenarios,
  },
  {
    rule: "Money is returned to the provided account",
    broken: "the refund call to Toss carries another account number",
    file: settle,
    find: "...refundOf(payment, call.key), orderId,",
    replace:
      '...refundOf(payment, call.key), account: refundOf(payment, call.key).account && { ...refundOf(payment, call.key).account, accountNumber: "0" }, orderId,',
    killer: scenarios,
  },
  {
    rule: "Money is returned to the provided account",
    broken: "the account of a late deposit is stored with another number",
    file: "packages/payment/domain/return_account.ts",
    find: "{ ...attempt.cancel, account,",
    replace: '{ ...attempt.cancel, account: { ...account, accountNumber: "0" },',
    killer: scenarios,
  },
  {
    rule: "Money is returned to the provided account",
    broken: "the return of a late deposit carries another number",
    file: settle,
    find: "idempotencyKey: cancel.idempotencyKey, account };",
    replace:
      'idempotencyKey: cancel.idempotencyKey, account: account && { ...account, accountNumber: "0" } };',
    killer: scenarios,
  },
  {
    rule: "No final result is reported for an open payment",
    broken: "the refusal of one late deposit is reported for another",
    file: answers,
    find: "lacksAccount(attempt) && attempt.failure !== null;",
    replace: "payment.attempts.some((one) => lacksAccount(one) && one.failure !== null);",
    killer: { file: "packages/payment/presentation/payment_answer_test.ts" },
  },
  {
    rule: "No final result is reported for an open payment",
    broken: "410 is returned",
    file: answers,
    find: 'return status === "IN_PROGRESS" ? undefined : notPayable',
    replace:
      'return status === "IN_PROGRESS" ? new AppError("gone", "payment_session_expired", "") : notPayable',
    killer: model(1_000),
  },
  {
    rule: "No final result is reported for an open payment",
    broken: "Toss's last response is returned as a decline",
    file: answers,
    find: 'return status === "IN_PROGRESS" ? undefined : notPayable',
    replace:
      'return attempt.failure ? new AppError("declined", "payment_declined", "") : status === "IN_PROGRESS" ? undefined : notPayable',
    killer: model(2_000),
  },
  {
    rule: "No final result is reported for an open payment",
    broken: "it is reported as paid",
    file: answers,
    find: "return answer(payment, confirmRefusal(",
    replace:
      'if (isOpen(attemptOf(payment, paymentKey)) && payment.status === "IN_PROGRESS") return { payment: { ...viewOf(payment), status: "DONE" }, refusal: null };\n  return answer(payment, confirmRefusal(',
    killer: model(1_000),
  },
  {
    rule: "No final result is reported for an open refund",
    broken: "it is reported as done",
    file: answers,
    find: "isOpen: isOpen(refund) };",
    replace: "isOpen: false };",
    killer: model(5_000),
  },
  {
    rule: "No final result is reported for an open refund",
    broken: "it is reported as rejected",
    file: answers,
    find: 'refund.status === "DECLINED" ? refused',
    replace: 'refund.status !== "DONE" ? refused',
    killer: model(5_000),
  },
  {
    rule: "A refund that Toss rejected is not reported as made",
    broken: "it is",
    file: answers,
    find: 'refund.status === "DECLINED" ? refused',
    replace: 'refund.key === "" ? refused',
    killer: model(5_000),
  },
  {
    rule: "Every visible change of an order is published, with its content",
    broken: "a second refund is not",
    file: orders,
    find: "    before.status === after.status &&\n    before.refundedAmount === after.refundedAmount;",
    replace: "    before.status === after.status;",
    killer: scenarios,
  },
  {
    rule: "Every visible change of an order is published, with its content",
    broken: "OrderRefunded states an amount of 0",
    file: orders,
    find: "refundedAmount: state.refundedAmount,",
    replace: "refundedAmount: 0,",
    killer: scenarios,
  },
  {
    rule: "Every visible change of an order is published, with its content",
    broken: "OrderConfirmed is published again for later changes",
    file: orders,
    find: "return same ? undefined : announcements[after.status];",
    replace:
      'return same && after.status !== "CONFIRMED" ? undefined : announcements[after.status];',
    killer: model(5_000),
  },
  {
    rule: "Every visible change of a payment is published, with its content",
    broken: "a second partial refund is not",
    file: snapshots,
    find: "if (sameJson(was, is)) return undefined;",
    replace:
      'if (sameJson(was, is) || (before.status === "PARTIAL_CANCELED" && after.status === before.status)) return undefined;',
    killer: scenarios,
  },
  {
    rule: "Every visible change of a payment is published, with its content",
    broken: "an event carries the state before the change",
    file: changes,
    find: "...snapshotOf(state)",
    replace: "...snapshotOf({ ...before, version: state.version })",
    killer: scenarios,
  },
  {
    rule: "A webhook triggers a status query",
    broken: "it is ignored",
    file: webhooks,
    find: "if (payment && keys.length > 0) settled = await settlePayment(payment, deps, keys);",
    replace: "settled = keys.length > 0 ? payment : settled; void settlePayment;",
    killer: model(5_000),
  },
  {
    rule: "A webhook triggers a status query",
    broken: "it does not for a payment that has nothing due",
    file: plan,
    find: "return payment.kept?.paymentKey === paymentKey || !isOver;",
    replace: "return !isOver;",
    killer: scenarios,
  },
  {
    rule: "Toss's list is read, so a lost webhook costs only minutes",
    broken: "its entries are ignored",
    file: "packages/payment/application/sweep_transactions.ts",
    find: "await settlePayment(payment, deps, [paymentKey]);",
    replace: "void settlePayment;",
    killer: scenarios,
  },
  {
    rule: "A payment window opened for another amount does not block the order",
    broken: "it does until Toss's payment window expires",
    file: record,
    find: "if (isWrong && isOpen(attempt) &&",
    replace: "if (isWrong && attempt.sends < 0 &&",
    killer: confirmTest,
  },
  {
    rule: "A confirm that may still arrive is not declined because of its window's amount",
    broken: "a query before its response declines it",
    file: record,
    find: "(attempt.unanswered === 0 || moment.now >= overAt)",
    replace: "overAt !== null",
    killer: {
      file: "tests/model/known_scenarios_test.ts",
      name: "arrives after a query showed another amount",
    },
  },
  {
    rule: "A payment of another order does not block the order",
    broken: "it does until Toss's payment window expires",
    file: record,
    find: "if (isOther && isOpen(attempt)) return declined(payment, attempt, orderMismatch, moment);",
    replace: "",
    killer: confirmTest,
  },
  {
    rule: "A rejection that any client can cause does not block the order",
    broken: "it counts as a configuration error",
    file: "packages/payment/infrastructure/toss/toss_error.ts",
    find: "refused: `",
    replace: "misconfigured: `",
    killer: { file: "packages/payment/infrastructure/toss/payment_gateway_test.ts" },
  },
  {
    rule: "An attempt with a paymentKey unknown to Toss ends when the order expires",
    broken: "it is queried for ever",
    file: record,
    find: "if (isOpen(attempt) && isNeverKnown(payment, attempt, moment))",
    replace: 'if (moment.now === "")',
    killer: { file: "packages/payment/domain/never_known_test.ts" },
  },
  {
    rule: "An attempt with a paymentKey unknown to Toss ends when the order expires",
    broken: "one query that does not find it is enough",
    file: plan,
    find: "const missingMin = 2;",
    replace: "const missingMin = 1;",
    killer: { file: "packages/payment/domain/never_known_test.ts" },
  },
  {
    rule: "No part of a Toss URL can name another path",
    broken: "a paymentKey is inserted unescaped",
    file: "packages/payment/infrastructure/toss/toss_gateway.ts",
    find: "segments.map(encodeURIComponent)",
    replace: "segments",
    killer: { file: "packages/payment/infrastructure/toss/toss_url_test.ts" },
  },
  {
    rule: "No part of a Toss URL can name another path",
    broken: "a paymentKey may hold any visible character",
    file: "packages/shared/text.ts",
    find: "[A-Za-z0-9_=-]{1,200}$/",
    replace: "[\\x21-\\x7e]{1,200}$/",
    killer: { file: "packages/payment/infrastructure/toss/toss_gateway_test.ts" },
  },
  {
    rule: "A query without a change makes no new version",
    broken: "every query makes one",
    file: changes,
    find: ")) return rescheduled(before, after);",
    replace: ")) return changed(before, after, moment);",
    killer: schedule,
  },
  {
    rule: "A response is stale when a later query was saved before it",
    broken: "only versions make it stale",
    file: "packages/payment/infrastructure/postgres_payments.ts",
    find: '  lockColumn: "schedule_version",\n',
    replace: "",
    killer: {
      file: "packages/payment/infrastructure/postgres_payments_integration_test.ts",
      name: "a query without a change makes earlier decisions stale",
    },
  },
  {
    rule: "A query without a response does not move the schedule",
    broken: "it counts like any other query",
    file: "packages/payment/domain/operation.ts",
    find: "return isEarly && op.nextAt <= nextAt ? op : { ...op, nextAt };",
    replace:
      "const checks = op.checks + 1;\n  return isEarly && op.nextAt <= nextAt ? op : { ...op, checks, nextAt: plusMs(now, backOffMs(checks)) };",
    killer: schedule,
  },
  {
    rule: "A replica that can't reach Toss claims nothing",
    broken: "it claims due payments",
    file: settleDue,
    find: "if (!(await mayClaim(deps))) return 0;\n",
    replace: "",
    killer: { ...reach, name: "claims nothing" },
  },
  {
    rule: "Toss's first response after an outage makes open payments due",
    broken: "they wait for their schedule",
    file: settleDue,
    find: "await wakeOpen(deps);",
    replace: "void wakeOpen;",
    killer: { ...reach, name: "are queried as soon as" },
  },
  {
    rule: "A payment that can't be made due does not delay others",
    broken: "due payments are claimed only after all were made due",
    file: "packages/payment/application/settle_due_payments.ts",
    find: "const due = await deps.payments.claimDue",
    replace:
      "if (deps.reach.isToWake()) await wakeOpen(deps);\n      const due = await deps.payments.claimDue",
    killer: { file: "packages/payment/application/settle_due_payments_integration_test.ts" },
  },
  {
    rule: "A deposit that a closed order returns is not a refund",
    broken: "the returned deposit is kept as its payment",
    file: "packages/payment/domain/effect.ts",
    find: "kept?.approvedAt === null && !isUnpaid",
    replace: 'kept?.approvedAt === null && charge.status !== "CANCELED"',
    killer: {
      file: "packages/payment/domain/closing_test.ts",
      name: "that was returned is not a refund of the order, which was never paid",
    },
  },
  {
    rule: "An order's timeline shows what happened to its money",
    broken: "an approval of a wrong amount is shown as declined",
    file: "packages/shared/timeline.ts",
    find: "&& !isReturning",
    replace: "&& isReturning !== undefined",
    killer: { file: "packages/payment/domain/timeline_test.ts", name: "of a wrong amount" },
  },
  {
    rule: "Every attempt is queried once more after eleven minutes",
    broken: "a decline that arrives after that time is not checked",
    file: record,
    find: "return end.nextAt === null ? withAttempt(",
    replace: 'return end.nextAt === "" ? withAttempt(',
    killer: { ...confirmTest, name: "when the last check is past" },
  },
  {
    rule: "No call is resent before a query got a response",
    broken: "a query without a response is enough",
    file: settle,
    find: "call && isAnswered && maySend(",
    replace: "call && maySend(",
    killer: { ...anotherPsp, name: "nothing is sent again" },
  },
  {
    rule: "A refund without idempotency key and expected balance is resent only after a delay",
    broken: "it is resent at once",
    file: plan,
    find: "return isOpen(refund) && isSafe && mayResend(refund, moment);",
    replace: "void isSafe;\n    return isOpen(refund) && mayResend(refund, moment);",
    killer: { ...anotherPsp, name: "a refund that may have been made" },
  },
];
