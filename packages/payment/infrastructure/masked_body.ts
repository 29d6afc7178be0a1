/**
 * The members of a webhook whose values are shown. All others are masked: those of the PSP may name who paid, an account, or
 * the secret by which a webhook proves to be the PSP's; and an unknown webhook, which anybody can post, may say anything.
 */
const shownMembers = new Set(
  `eventType createdAt status orderId paymentKey transactionKey lastTransactionKey version type
  method currency country mId code totalAmount balanceAmount suppliedAmount vat taxFreeAmount
  taxExemptionAmount amount cancelAmount refundableAmount cancelStatus canceledAt requestedAt
  approvedAt dueDate expired refundStatus settlementStatus bankCode issuerCode acquirerCode
  installmentPlanMonths isPartialCancelable useEscrow cultureExpense`.split(/\s+/),
);

const text = String.raw`"(?:[^"\\]|\\.)*(?:"|\\?$)`;
const value = String.raw`(?:${text}|[^\s{}[\],:"]+)`;
/** A member's name with its colon and its value, unless that is an object or a list; or a value alone. Texts may be cut off. */
const tokens = new RegExp(String.raw`(${text}\s*:\s*)(${value})?|${value}`, "g");

/**
 * A body of JSON, which may be cut off, with a mask for each value that may name somebody. What is no JSON is masked whole,
 * and so is the name of a member that no PSP would give.
 */
export function maskedBody(body: string): string {
  if (!/^\s*[{[]/.test(body)) return `*** (${body.length} characters)`;
  return body.replaceAll(tokens, (found, name: string | undefined, given: string | undefined) => {
    if (name === undefined) return isPlain(found) ? found : '"***"';
    const [, member = ""] = /^"(\w{1,40})"\s*:\s*$/.exec(name) ?? [];
    const shownName = member === "" ? '"***":' : name;
    if (given === undefined) return shownName;
    return shownName + (isPlain(given) || shownMembers.has(member) ? given : '"***"');
  });
}

const isPlain = (word: string) => /^(true|false|null)$/.test(word);
