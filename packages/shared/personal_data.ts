/** `김민수` → `김*수`, `Kim` → `K*m`, `이` → `*`: enough to recognise oneself. */
export function maskName(name: string): string {
  const letters = [...name];
  if (letters.length < 2) return "*";
  if (letters.length === 2) return `${letters[0]}*`;
  return letters[0] + "*".repeat(letters.length - 2) + letters.at(-1);
}

/** `kim@example.com` → `k***@example.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return `${[...email][0] ?? ""}***${at < 0 ? "" : email.slice(at)}`;
}
