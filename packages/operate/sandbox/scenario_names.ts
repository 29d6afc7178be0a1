/** The scenarios of `sandbox trigger`, each with a line of help. */
export const scenarioNames = {
  pay: "A card payment that succeeds",
  decline: "The card company declines; the shopper can try again",
  "lost-answer": "Toss approves, but its response is lost; a status query finds the approval",
  "window-fail": "Authentication fails in the payment window, so nothing is confirmed",
  expire: "The shopper returns too late; moves the sandbox's clock forward by 31 minutes",
  account: "A virtual account is issued and waits for its deposit",
  deposit: "The deposit arrives and confirms the order",
  "deposit-reversal": "The bank reverses the deposit; the order waits again",
  "payout-failure": "A deposit is refunded, and the bank rejects the transfer to the shopper",
  "late-deposit": "A deposit for a cancelled order; it needs an account for its refund",
  "late-approval": "Toss approves after the order was cancelled; it is refunded automatically",
  refund: "A refund made in Toss's console",
  "partial-refund": "The same, for a third of the amount",
  "duplicate-webhook": "Toss sends a payment's webhooks twice more",
} as const;

export type ScenarioName = keyof typeof scenarioNames;
