import type { HistoryEntry } from "@payflow/shared";

/** The changes of an order and of its payment, its placing first, then by time; but two computers' clocks differ by milliseconds, and what an order took from payment came after it. */
export function inOrder(
  own: readonly HistoryEntry[],
  payments: readonly HistoryEntry[],
): HistoryEntry[] {
  const times = new Map(payments.map((entry) => [entry.version, entry.at]));
  const timeOf = (entry: HistoryEntry) => {
    if (entry.part === "payment") return entry.at;
    if (entry.version === 1) return "1970";
    const { paymentVersion } = (entry.detail ?? {}) as { paymentVersion?: number };
    const after = times.get(paymentVersion ?? 0) ?? "";
    return after > entry.at ? after : entry.at;
  };
  return [...payments, ...own].sort((a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b)));
}
