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
  ["one after the other", [row("a", "DONE"), row("a", "CANCELED"), row("b", "DONE")]],
  ["in parts", [row("a", "DONE"), row("a", "PARTIAL_CANCELED", 400)]],
  [
    "a deposit taken back and made again",
    [
      row("a", "WAITING_FOR_DEPOSIT"),
      row("a", "DONE"),
      row("a", "WAITING_FOR_DEPOSIT"),
      row("a", "DONE"),
    ],
  ],
  [
    "an account that was closed unpaid",
    [row("a", "WAITING_FOR_DEPOSIT"), row("a", "CANCELED"), row("b", "DONE")],
  ],
] as [string, TossTransactionRow[]][])("auditHoldings() takes %s", (_, rows) => {
  expect(blamed(...rows)).toEqual([]);
});

test("auditHoldings() notices two approvals at one moment, though both went back", () => {
  const rows = [row("a", "DONE"), row("b", "DONE"), row("b", "CANCELED"), row("a", "CANCELED")];
  expect(blamed(...rows)).toEqual([
    "doubled: two approvals were held at one moment",
    "money: more was held at one moment than it costs",
  ]);
});

test("auditHoldings() notices more than the order costs", () => {
  expect(blamed(row("a", "DONE", 1001))).toEqual([
    "money: more was held at one moment than it costs",
  ]);
});
