import { expect, test } from "bun:test";
import { auditHoldings, type TossTransactionRow } from "./toss_holdings.ts";
import { openBlame } from "./violation.ts";

let keys = 0;
function row(paymentKey: string, status: string, amount = 1000): TossTransactionRow {
  const transactionKey = String(++keys);
  return { orderId: "o-1", transactionKey, paymentKey, status, amount };
}

function blamed(...rows: TossTransactionRow[]): string[] {
  const { blame, violations } = openBlame();
  auditHoldings(rows, () => 1000, blame);
  return violations().map(({ rule }) => rule);
}

test.each([
  ["one payment", [row("a", "DONE")]],
  ["an approval after a cancelled one", [row("a", "DONE"), row("a", "CANCELED"), row("b", "DONE")]],
  ["a partial cancel", [row("a", "DONE"), row("a", "PARTIAL_CANCELED", 400)]],
  [
    "a deposit that was reversed and made again",
    [
      row("a", "WAITING_FOR_DEPOSIT"),
      row("a", "DONE"),
      row("a", "WAITING_FOR_DEPOSIT"),
      row("a", "DONE"),
    ],
  ],
  [
    "a virtual account that was closed unpaid",
    [row("a", "WAITING_FOR_DEPOSIT"), row("a", "CANCELED"), row("b", "DONE")],
  ],
] as [string, TossTransactionRow[]][])("auditHoldings() accepts %s", (_, rows) => {
  expect(blamed(...rows)).toEqual([]);
});

test("auditHoldings() reports two approvals held at the same time, though both were cancelled later", () => {
  const rows = [row("a", "DONE"), row("b", "DONE"), row("b", "CANCELED"), row("a", "CANCELED")];
  expect(blamed(...rows)).toEqual([
    "doubled: two approvals were held at the same time",
    "money: more than the order's amount was held",
  ]);
});

test("auditHoldings() reports a held amount above the order's amount", () => {
  expect(blamed(row("a", "DONE", 1001))).toEqual(["money: more than the order's amount was held"]);
});
