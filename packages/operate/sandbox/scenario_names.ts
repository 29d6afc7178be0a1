/** The scenarios of `sandbox trigger`, each with a line of help. */
export const scenarioNames = {
  pay: "A card payment that goes through",
  decline: "The card company declines; the shopper may try again",
  "lost-answer": "Toss charges, its response is lost; PayFlow finds out by a status query",
  "window-fail": "Authentication fails in the payment window; nothing reaches the shop",
  expire: "The shopper comes back too late; moves the sandbox's clock on by 31 minutes",
  account: "A virtual account is issued and waits for its deposit",
  deposit: "The deposit arrives, and confirms the order",
  "deposit-reversal": "The bank takes the deposit back; the order waits again",
  "payout-failure": "A deposit is refunded, and the bank refuses the transfer to the shopper",
  "late-deposit": "A deposit for a cancelled order; it waits for an account to go back to",
  "late-approval": "Toss approves after the order was cancelled; the money goes back by itself",
  refund: "A refund made by hand in Toss's console",
  "partial-refund": "The same of a third of the money",
  "duplicate-webhook": "Toss sends a payment's webhooks again, twice",
} as const;

export type ScenarioName = keyof typeof scenarioNames;
