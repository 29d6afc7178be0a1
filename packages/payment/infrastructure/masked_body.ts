/**
 * The members of a webhook whose values are shown. All others are masked: the PSP's webhooks may contain the payer's
 * name, an account, or their secret; an unknown webhook, which anyone can post, may contain anything.
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
/** A member's name with its colon and its value, unless that is an object or list; or only a value. May be cut off. */
const tokens = new RegExp(String.raw`(${text}\s*:\s*)(${value})?|${value}`, "g");

/**
 * Masks the values of a JSON body, which may be cut off, that may be personal data or secrets. A body that is not JSON
 * is masked completely, and so is a member name that no PSP would use.
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
