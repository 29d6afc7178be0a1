/** `김철수` → `김*수`, `김철` → `김*`: enough for the owner to recognise, too little for anybody else. */
export function maskName(name: string): string {
  const letters = Array.from(name);
  if (letters.length <= 1) return "*";
  const hidden = "*".repeat(Math.max(1, Math.min(letters.length - 2, 8)));
  return letters.length === 2
    ? `${letters[0]}*`
    : `${letters[0]}${hidden}${letters.at(-1)}`;
}

/** `kim@example.com` → `k***@example.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf("@");
  return at < 1 ? "***" : `${Array.from(email)[0]}***${email.slice(at)}`;
}
