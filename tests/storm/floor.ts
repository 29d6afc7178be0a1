import type { Violation } from "./violation.ts";

/** What was tried, and what of it got through. */
export type Tried = {
  readonly checkouts: number;
  readonly placed: number;
  /** Orders whose shopper did all that it takes to pay, and those of them that were paid. */
  readonly meantToPay: number;
  readonly paid: number;
  readonly refundsRequested: number;
  readonly refundsMade: number;
  readonly answersJudged: number;
};

/**
 * Below this a storm has shown nothing, however right all was that it could look at. Whoever means to pay does, unless
 * no service answers for two minutes; a refund may meet another one of the same order under way.
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
    ["meantToPay", "shoppers came to pay", tried.meantToPay, tried.checkouts],
    ["paid", "of these have paid", tried.paid, tried.meantToPay],
    ["refundsRequested", "refunds were requested", tried.refundsRequested, tried.paid],
    ["refundsMade", "of these were made", tried.refundsMade, tried.refundsRequested],
  ];
  return shares.flatMap(([name, what, count, of]) =>
    of > 0 && count >= least[name] * of
      ? []
      : [
          {
            rule: `vacuous: ${count} of ${of} ${what}, fewer than ${least[name] * 100} of a hundred`,
            orderIds: [],
          },
        ],
  );
}

/** The storm in one line: a "0 lost" is worth what was tried. */
export function triedLine(tried: Tried): string {
  const { checkouts, placed, meantToPay, paid } = tried;
  const { refundsRequested, refundsMade, answersJudged } = tried;
  return (
    `${checkouts} checkouts tried, ${placed} orders placed, ${paid} of ${meantToPay} that came to pay are paid, ` +
    `${refundsMade} of ${refundsRequested} refunds made, ${answersJudged} answers compared`
  );
}
