import type { Mutation } from "./mutation.ts";

const putBack = "tests/put_back_integration_test.ts";
const recovery = "packages/payment/domain/recovery.ts";
const recoveryTest = { file: "packages/payment/domain/recovery_test.ts" };
const doubt = "packages/shared/doubt.ts";
const doubtTest = { file: "packages/shared/doubt_test.ts" };
const decide = "packages/payment/application/decide.ts";
const sweepFollowed = "packages/order/application/sweep_payments.ts";
const sweepFollowedTest = { file: "packages/order/application/sweep_followed_integration_test.ts" };

/** What a database that was restored to an earlier moment must not cost. */
export const restoreMutations: readonly Mutation[] = [
  {
    rule: "Nothing is decided on a row that lacks what order knows",
    broken: "the row is used as it is",
    file: decide,
    find: "const doubt = known && (await doubted(loaded, known));",
    replace: "const doubt = null as never;\n    void doubted;",
    killer: { file: putBack, name: "a second tab is not charged" },
  },
  {
    rule: "A row older than what order knows is not used",
    broken: "only a missing one is not",
    file: doubt,
    find: "row === undefined || row.paymentVersion < told.paymentVersion",
    replace: "row === undefined",
    killer: doubtTest,
  },
  {
    rule: "The same version with different content is noticed",
    broken: "only versions are compared",
    file: doubt,
    find: 'if (isSameVersion && !saysTheSame(row, told)) return "differs";',
    replace: "void saysTheSame, isSameVersion;",
    killer: doubtTest,
  },
  {
    rule: "A restarted or restored database is verified before it is used",
    broken: "it is used at once",
    file: decide,
    find: "if (!needsProof || (await deps.proof.isProven())) return null;",
    replace: "if (options) return null;",
    killer: { file: putBack, name: "Toss is queried about an order before it is charged" },
  },
  {
    rule: "Nothing expires before the database is verified",
    broken: "it does",
    file: "packages/payment/application/settle.ts",
    find: "isOverdue(payment, moment) && (await isSure())",
    replace: "isOverdue(payment, moment) && (isSure || true)",
    killer: { file: putBack, name: "Toss is queried about an order before it is charged" },
  },
  {
    rule: "Money that Toss lists for an order without a payment is considered when the payment is opened",
    broken: "it is not recorded",
    file: "packages/payment/infrastructure/postgres_proof.ts",
    find: "if (kept.length === 0) return;",
    replace: "if (kept) return;",
    killer: { file: putBack, name: "money of an order that both have lost" },
  },
  {
    rule: "An order that was closed unpaid stays closed when its payment is rebuilt",
    broken: "it is reopened, and its money kept",
    file: recovery,
    find: "if (!isOpen) return payment;",
    replace: "if (payment) return payment;",
    killer: recoveryTest,
  },
  {
    rule: "Of two approvals the first is kept",
    broken: "the newest is",
    file: recovery,
    find: "shown.toSorted(byApproval)",
    replace: "shown.toSorted((a, b) => -byApproval(a, b))",
    killer: recoveryTest,
  },
  {
    rule: "A payment is not rebuilt against what order knows",
    broken: "a missing payment at Toss makes a paid order unpaid",
    file: recovery,
    find: "return isSettled ? change : undefined;",
    replace: "void isSettled;\n  return change;",
    killer: recoveryTest,
  },
  {
    rule: "A lost refund is recognized by its key",
    broken: "its mark is made anew",
    file: "packages/payment/domain/requests.ts",
    find: "const mark = markOf(key);",
    replace: "const mark = `r-${moment.newId().slice(-8)}`;",
    killer: recoveryTest,
  },
  {
    rule: "A database that is restored while Toss's list is read keeps its own progress",
    broken: "the progress of the one before is written into it",
    file: "packages/payment/application/sweep_transactions.ts",
    find: "if (!isWhole || (await deps.proof.incarnation()) !== incarnation) return queried;",
    replace: "if (!isWhole) return queried;",
    killer: { file: "packages/payment/application/sweep_transactions_test.ts" },
  },
  {
    rule: "A row that was changed while it was being rebuilt is not taken for the rebuilt one",
    broken: "it is, when it has the version that the rebuilt one would have",
    file: "packages/payment/application/recover_payment.ts",
    find: 'return result === "saved" ? change.state.version : undefined;',
    replace: "return change.state.version;",
    killer: { file: "packages/payment/application/recover_payment_integration_test.ts" },
  },
  {
    rule: "Money by a paymentKey that was never stored is found by its order",
    broken: "Toss's list is matched by stored keys only",
    file: "packages/payment/domain/transactions.ts",
    find: "if (attempt === undefined) return true;",
    replace: "if (attempt === undefined) return false;",
    killer: { file: "packages/payment/domain/transactions_test.ts" },
  },
  {
    rule: "An order applies no snapshot that contradicts what it knows",
    broken: "the higher version always wins",
    file: "packages/order/domain/order.ts",
    find: "isNewer && !contradicts(payment, snapshot);",
    replace: "isNewer;",
    killer: { file: "packages/order/domain/order_test.ts" },
  },
  {
    rule: "Settled orders that payment has lost are found, however old the backup",
    broken: "the sweep does not go back",
    file: sweepFollowed,
    find: "if (oldest !== undefined && doubted.includes(oldest)) continue;",
    replace: "",
    killer: sweepFollowedTest,
  },
  {
    rule: "They are found also behind orders that were changed since in other ways, as by erasure",
    broken: "every change of an order counts as news of its payment",
    file: "packages/order/infrastructure/postgres_orders.ts",
    find: 'dated: { column: "changed_at", of: "payment" },',
    replace: "",
    killer: sweepFollowedTest,
  },
  {
    rule: "An order that could not be compared just now is compared by the next round",
    broken: "it counts as compared",
    file: sweepFollowed,
    find: "return attempt(one.orderId, sweep, () => Promise.reject(compared.error));",
    replace: "return sweep.onFault(one.orderId, compared.error);",
    killer: sweepFollowedTest,
  },
  {
    rule: "Money without an order is reported",
    broken: "the sweep ignores it",
    file: "packages/order/application/sweep_payments.ts",
    find: "await deps.onOrphan(snapshot);",
    replace: "{}",
    killer: {
      file: "packages/order/application/sweep_payments_integration_test.ts",
      name: "a payment whose order is not here is told",
    },
  },
  {
    rule: "A receipt's address is https or nothing",
    broken: "any address is shown",
    file: "packages/shared/payment_conditions.ts",
    find: 'parsed?.protocol === "https:"',
    replace: "parsed !== null",
    killer: doubtTest,
  },
];
