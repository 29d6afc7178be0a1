import type { Blame } from "./violation.ts";

/** A row of `GET /v1/transactions`; the list is chronological. */
export type TossTransactionRow = {
  readonly transactionKey: string;
  readonly paymentKey: string;
  readonly orderId: string;
  readonly status: string;
  readonly amount: number;
};

/** All transactions of the sandbox. */
export async function listTransactions(sandboxUrl: string): Promise<TossTransactionRow[]> {
  const rows: TossTransactionRow[] = [];
  const limit = 5_000;
  for (;;) {
    const last = rows.at(-1);
    const query = new URLSearchParams({
      startDate: "2020-01-01T00:00:00",
      endDate: "2100-01-01T00:00:00",
      limit: String(limit),
      ...(last ? { startingAfter: last.transactionKey } : {}),
    });
    const answer = await fetch(`${sandboxUrl}/v1/transactions?${query}`, {
      headers: { Authorization: `Basic ${btoa("test_sk_sandbox:")}` },
    });
    if (!answer.ok) throw new Error(`Toss did not list its transactions: ${await answer.text()}`);
    const page = (await answer.json()) as TossTransactionRow[];
    rows.push(...page);
    if (page.length < limit) return rows;
  }
}

/** At no time did Toss hold two approvals of one order, or more than the order's amount. */
export function auditHoldings(
  transactions: readonly TossTransactionRow[],
  amountOf: (orderId: string) => number,
  blame: Blame,
): void {
  const heldByOrder = new Map<string, Map<string, number>>();
  for (const { orderId, paymentKey, status, amount } of transactions) {
    const held = heldByOrder.get(orderId) ?? new Map<string, number>();
    heldByOrder.set(orderId, held);
    held.set(paymentKey, heldAfter(held.get(paymentKey) ?? 0, status, amount));
    const sums = [...held.values()].filter((sum) => sum > 0);
    const total = sums.reduce((all, sum) => all + sum, 0);
    if (sums.length > 1) blame("doubled: two approvals were held at the same time", orderId);
    if (total > amountOf(orderId)) blame("money: more than the order's amount was held", orderId);
  }
}

function heldAfter(held: number, status: string, amount: number): number {
  switch (status) {
    case "DONE":
      return amount;
    // a virtual account was issued, or a deposit was reversed
    case "WAITING_FOR_DEPOSIT":
      return 0;
    case "CANCELED":
    case "PARTIAL_CANCELED":
      return Math.max(0, held - amount);
    default:
      throw new Error(`Unknown transaction status ${status}`);
  }
}
