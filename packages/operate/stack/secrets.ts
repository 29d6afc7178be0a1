import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@payflow/local-stack";

/** Generated once per data folder and kept there, readable by its owner only. */
export type Secrets = {
  readonly merchantApiKey: string;
  readonly sessionSecret: string;
  readonly internalApiKey: string;
  readonly postgresPassword: string;
};

const names = ["merchantApiKey", "sessionSecret", "internalApiKey", "postgresPassword"] as const;

/** @throws UserError when the file exists but can't be used */
export function secretsIn(dataDir: string): Secrets {
  const file = join(dataDir, "secrets.json");
  if (existsSync(file)) return readSecrets(file);
  const secrets: Secrets = {
    merchantApiKey: `mk_${randomText()}`,
    sessionSecret: randomText(),
    internalApiKey: randomText(),
    postgresPassword: randomText(),
  };
  const half = `${file}.half`;
  writeFileSync(half, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(half, file);
  return secrets;
}

function readSecrets(file: string): Secrets {
  chmodSync(file, 0o600);
  try {
    const secrets = JSON.parse(readFileSync(file, "utf8")) as Secrets;
    const isWhole = names.every((name) => typeof secrets[name] === "string");
    if (isWhole && Object.keys(secrets).length === names.length) return secrets;
  } catch {
    // Reported below.
  }
  throw new UserError(
    `${file} cannot be read as PayFlow's secrets: restore the file, or run bun run reset, which creates new secrets and deletes all data.`,
  );
}

/** 192 bits, in characters that need no quoting in addresses and shells. */
function randomText(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
}
