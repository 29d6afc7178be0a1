/** Limits the mask, which would otherwise reveal the length of a long name. */
const starsMax = 8;

/** `김민수` → `김*수`, `Kim` → `K*m`, `이` → `*`: enough to recognise one's own name. */
export function maskName(name: string): string {
  const letters = [...name];
  if (letters.length < 2) return "*";
  if (letters.length === 2) return `${letters[0]}*`;
  return letters[0] + "*".repeat(Math.min(letters.length - 2, starsMax)) + letters.at(-1);
}

/** `kim@example.com` → `k***@***`. A domain may identify its owner, and one letter may give a short name away. */
export function maskEmail(email: string): string {
  const letters = [...email.slice(0, Math.max(0, email.lastIndexOf("@")))];
  return `${letters.length < 3 ? "" : letters[0]}***@***`;
}

/** `110-234-567890` → `***7890`: enough to distinguish one's own accounts. */
export function maskAccountNumber(accountNumber: string): string {
  const digits = accountNumber.replaceAll(/\D/g, "");
  return `***${digits.length < 8 ? "" : digits.slice(-4)}`;
}
