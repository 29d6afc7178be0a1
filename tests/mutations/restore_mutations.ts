import type { Mutation } from "./mutation.ts";

const putBack = "tests/put_back_integration_test.ts";
const recovery = "packages/payment/domain/recovery.ts";
const recoveryTest = { file: "packages/payment/domain/recovery_test.ts" };
const doubt = "packages/shared/doubt.ts";
const doubtTest = { file: "packages/shared/doubt_test.ts" };
const decide = "packages/payment/application/decide.ts";
const sweepFollowed = "packages/order/application/sweep_payments.ts";
const sweepFollowedTest = { file: "packages/order/application/sweep_followed_integration_test.ts" };

/** Databases that were restored from a backup. */
export const restoreMutations: readonly Mutation[] = [
  {
    rule: "Payment decides nothing on a row that lacks changes known to order",
    broken: "the row is used as it is",
    file: decide,
    find: "const doubt = known && (await doubted(loaded, known));",
    replace: "const doubt = null as never;\n    void doubted;",
    killer: { file: putBack, name: "a second tab is not charged" },
  },
  {
    rule: "A row older than order's snapshot is not used",
    broken: "only a missing row is not used",
    file: doubt,
    find: "row === undefined || row.paymentVersion < known.paymentVersion",
    replace: "row === undefined",
    killer: doubtTest,
  },
  {
    rule: "The same version with different content is detected",
    broken: "only versions are compared",
    file: doubt,
    find: 'if (isSameVersion && !isSameSnapshot(row, known)) return "differs";',
    replace: "void saysTheSame, isSameVersion;",
    killer: doubtTest,
  },
  {
    rule: "A restarted or restored database is verified before it is used",
    broken: "it is used at once",
    file: decide,
    find: "if (!needsProof || (await deps.proof.isProven())) return null;",
    replace: "if (options) return null;",
    killer: { file: putBack, name: "a confirm queries Toss about its order first" },
  },
  {
    rule: "No payment expires before the database is verified",
    broken: "a payment does",
    file: "packages/payment/application/settle.ts",
    find: "isOverdue(payment, moment) && (await isSure())",
    replace: "isOverdue(payment, moment) && (isSure || true)",
    killer: { file: putBack, name: "a confirm queries Toss about its order first" },
  },
  {
    rule: "Money at Toss for an order without a payment is considered when the payment is opened",
    broken: "it is not recorded",
    file: "packages/payment/infrastructure/postgres_proof.ts",
    find: "if (kept.length === 0) return;",
    replace: "if (kept) return;",
    killer: { file: putBack, name: "money of an order that both databases lost" },
  },
  {
    rule: "An order that was closed unpaid stays closed when its payment is rebuilt",
    broken: "it is reopened, and the approval is kept",
    file: recovery,
    find: "if (!isOpen) return payment;",
    replace: "if (payment) return payment;",
    killer: recoveryTest,
  },
  {
    rule: "The first of two approvals is kept",
    broken: "the newest is kept",
    file: recovery,
    find: "shown.toSorted(byApproval)",
    replace: "shown.toSorted((a, b) => -byApproval(a, b))",
    killer: recoveryTest,
  },
  {
    rule: "A payment is not rebuilt in contradiction to order's snapshot",
    broken: "a missing payment at Toss makes a paid order unpaid",
    file: recovery,
    find: "return isSettled ? change : undefined;",
    replace: "void isSettled;\n  return change;",
    killer: recoveryTest,
  },
  {
    rule: "A lost refund is recognized by its key",
    broken: "its mark is random",
    file: "packages/payment/domain/requests.ts",
    find: "const mark = markOf(key);",
    replace: "const mark = `r-${moment.newId().slice(-8)}`;",
    killer: recoveryTest,
  },
  {
    rule: "A database restored while Toss's list is read keeps its own progress",
    broken: "the progress of the former database is written to it",
    file: "packages/payment/application/sweep_transactions.ts",
    find: "if (!isWhole || (await deps.proof.incarnation()) !== incarnation) return queried;",
    replace: "if (!isWhole) return queried;",
    killer: { file: "packages/payment/application/sweep_transactions_test.ts" },
  },
  {
    rule: "One 'no such payment' does not end the last check of a declined attempt",
    broken: "the attempt is never queried again",
    file: "packages/payment/domain/record.ts",
    find: "(isDoubtful ? next.nextAt : null)",
    replace: "(isDoubtful ? null : null)",
    killer: { file: "packages/payment/domain/schedule_test.ts", name: "is repeated after one" },
  },
  {
    rule: "A paymentKey without a readable response blocks no other of its order",
    broken: "the sweep settles only one of them",
    file: "packages/payment/application/sweep_transactions.ts",
    find: "keys.map((key) => [payment, key] as const)",
    replace: "keys.slice(0, 1).map((key) => [payment, key] as const)",
    killer: {
      file: "packages/payment/application/sweep_transactions_test.ts",
      name: "blocks no other of its order",
    },
  },
  {
    rule: "A row changed during its rebuild is not mistaken for the rebuilt row",
    broken: "it is, when its version equals the rebuilt row's version",
    file: "packages/payment/application/recover_payment.ts",
    find: 'return result === "saved" ? change.state.version : undefined;',
    replace: "return change.state.version;",
    killer: { file: "packages/payment/application/recover_payment_integration_test.ts" },
  },
  {
    rule: "Money of a paymentKey that was never stored is found by its order",
    broken: "Toss's list is matched by stored keys only",
    file: "packages/payment/domain/transactions.ts",
    find: "if (attempt === undefined) return true;",
    replace: "if (attempt === undefined) return false;",
    killer: { file: "packages/payment/domain/transactions_test.ts" },
  },
  {
    rule: "An order applies no snapshot that contradicts its own",
    broken: "the higher version always wins",
    file: "packages/order/domain/order.ts",
    find: "isNewer && !contradicts(payment, snapshot);",
    replace: "isNewer;",
    killer: { file: "packages/order/domain/order_test.ts" },
  },
  {
    rule: "Settled orders whose payments were lost are found, however old the backup",
    broken: "the sweep does not go back",
    file: sweepFollowed,
    find: "if (oldest !== undefined && doubted.includes(oldest)) continue;",
    replace: "",
    killer: sweepFollowedTest,
  },
  {
    rule: "Lost payments are also found when many orders had other changes since, such as an erasure",
    broken: "every change of an order counts as a change of its payment",
    file: "packages/order/infrastructure/postgres_orders.ts",
    find: 'dated: { column: "changed_at", of: "payment" },',
    replace: "",
    killer: sweepFollowedTest,
  },
  {
    rule: "An order whose comparison failed is compared in the next run",
    broken: "it counts as compared",
    file: sweepFollowed,
    find: "return report(one.orderId, sweep, compared.error);",
    replace: "return sweep.onFault(one.orderId, compared.error);",
    killer: sweepFollowedTest,
  },
  {
    rule: "A rebuilt payment needs no review, whatever crashed after it was saved",
    broken: "an older version's review is shown",
    file: "packages/payment/infrastructure/migrations/0001_payments.sql",
    find: "where coalesce(p.version, 0) = u.version",
    replace: "where true",
    killer: {
      file: "packages/payment/application/recover_payment_integration_test.ts",
      name: "crashed after the save",
    },
  },
  {
    rule: "Money without an order is reported",
    broken: "the sweep ignores it",
    file: "packages/order/application/sweep_payments.ts",
    find: "await deps.onOrphan(snapshot);",
    replace: "{}",
    killer: {
      file: "packages/order/application/sweep_payments_integration_test.ts",
      name: "reports a payment without an order",
    },
  },
  {
    rule: "Only https receipt addresses are shown",
    broken: "any address is shown",
    file: "packages/shared/payment_snapshot.ts",
    find: 'parsed?.protocol === "https:"',
    replace: "parsed !== null",
    killer: doubtTest,
  },
];
