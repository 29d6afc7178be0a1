import type { Violation } from "./violation.ts";

/** Counts of attempted and successful actions. */
export type Tried = {
  readonly checkouts: number;
  readonly placed: number;
  /** Orders whose shopper took every step of a payment; `paid` is the paid part of them. */
  readonly meantToPay: number;
  readonly paid: number;
  readonly refundsRequested: number;
  readonly refundsMade: number;
  readonly answersJudged: number;
};

/**
 * Minimum shares: below them too little happened for the audit to prove anything. A payment fails only when no service
 * responds for two minutes; a refund also fails while another refund of the same order is open.
 */
const least = {
  placed: 0.9,
  meantToPay: 0.5,
  paid: 0.85,
  refundsRequested: 0.05,
  refundsMade: 0.6,
} as const;

export function floorViolations(tried: Tried): Violation[] {
  const shares: [keyof typeof least, string, number, number][] = [
    ["placed", "checkouts became an order", tried.placed, tried.checkouts],
    ["meantToPay", "shoppers took every step of a payment", tried.meantToPay, tried.checkouts],
    ["paid", "of these orders were paid", tried.paid, tried.meantToPay],
    ["refundsRequested", "refunds were requested", tried.refundsRequested, tried.paid],
    ["refundsMade", "of these refunds were made", tried.refundsMade, tried.refundsRequested],
  ];
  return shares.flatMap(([name, what, count, of]) =>
    of > 0 && count >= least[name] * of
      ? []
      : [
          {
            rule: `vacuous: ${count} of ${of} ${what}, less than ${least[name] * 100}%`,
            orderIds: [],
          },
        ],
  );
}

/** How much was tried, in one line: "0 lost" means little when few actions succeeded. */
export function triedLine(tried: Tried): string {
  const { checkouts, placed, meantToPay, paid } = tried;
  const { refundsRequested, refundsMade, answersJudged } = tried;
  return (
    `${checkouts} checkouts tried, ${placed} orders placed, ${paid} of ${meantToPay} attempted payments made, ` +
    `${refundsMade} of ${refundsRequested} refunds made, ${answersJudged} responses checked`
  );
}
