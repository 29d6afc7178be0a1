/** 32 random bytes in base64url: the secret of a key or of a session. */
export function newSecret(): string {
  return crypto.getRandomValues(Buffer.alloc(32)).toString("base64url");
}

/** What the database keeps of a secret: SHA-256, without salt or stretching, since nobody guesses 256 random bits. */
export function secretHash(secret: string): string {
  return new Bun.CryptoHasher("sha256").update(secret).digest("hex");
}
