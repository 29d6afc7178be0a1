// The environment of the sandbox's process, checked once at start.

import * as v from "valibot";

const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/),
  v.toNumber(),
  v.minValue(0),
  v.maxValue(65_535),
);
const webhookDelayMs = v.pipe(
  v.string(),
  v.regex(/^\d{1,7}$/),
  v.toNumber(),
  v.maxValue(3_600_000),
);
const webUrl = v.pipe(
  v.string(),
  v.check((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? "")),
);

const rules = {
  TOSS_SANDBOX_PORT: { schema: port, otherwise: "9090", wanted: "a port from 0 to 65535" },
  TOSS_SANDBOX_HOST: {
    schema: v.pipe(v.string(), v.minLength(1)),
    otherwise: "127.0.0.1",
    wanted: "a host name or an address to listen on",
  },
  TOSS_SANDBOX_DATABASE: {
    schema: v.pipe(v.string(), v.regex(/^[^~]/)),
    otherwise: ".payflow/toss-sandbox.sqlite",
    wanted: "the path of a file, without ~",
  },
  TOSS_SANDBOX_WEBHOOK_URL: {
    schema: webUrl,
    otherwise: "http://localhost:8080/webhooks/toss",
    wanted: "an http or https address",
  },
  TOSS_SANDBOX_WEBHOOK_DELAY_MS: {
    schema: webhookDelayMs,
    // Toss takes one to two seconds; meanwhile a page can show that it waits.
    otherwise: "2000",
    wanted: "a number of milliseconds from 0 to 3600000",
  },
  TOSS_CLIENT_KEY: {
    schema: v.pipe(v.string(), v.regex(/^test_g?ck_/)),
    otherwise: "test_ck_sandbox",
    wanted: "a test client key (test_ck_…); the sandbox takes no live key",
  },
  TOSS_SECRET_KEY: {
    schema: v.pipe(v.string(), v.regex(/^test_g?sk_/)),
    otherwise: "test_sk_sandbox",
    wanted: "a test secret key (test_sk_…); the sandbox takes no live key",
  },
} as const;

export type SandboxProcessConfig = {
  readonly port: number;
  readonly hostname: string;
  readonly databasePath: string;
  /** Undefined: http://localhost and the port that was bound. */
  readonly publicUrl: string | undefined;
  readonly webhookUrl: string;
  readonly webhookDelayMs: number;
  readonly clientKey: string;
  readonly secretKey: string;
};

/** Throws one error that lists every invalid variable, one sentence each. */
export function readConfig(env: Record<string, string | undefined>): SandboxProcessConfig {
  const faults: string[] = [];
  function get<N extends keyof typeof rules>(name: N): v.InferOutput<(typeof rules)[N]["schema"]> {
    const { schema, otherwise, wanted } = rules[name];
    const parsed = v.safeParse(schema, env[name] || otherwise);
    if (!parsed.success) faults.push(`${name} must be ${wanted}.`);
    return parsed.output as v.InferOutput<(typeof rules)[N]["schema"]>;
  }
  const publicUrl = env["TOSS_SANDBOX_URL"] || undefined;
  if (publicUrl !== undefined && !v.is(webUrl, publicUrl)) {
    faults.push("TOSS_SANDBOX_URL must be the http or https address that browsers use.");
  }
  const config = {
    port: get("TOSS_SANDBOX_PORT"),
    hostname: get("TOSS_SANDBOX_HOST"),
    databasePath: get("TOSS_SANDBOX_DATABASE"),
    publicUrl,
    webhookUrl: get("TOSS_SANDBOX_WEBHOOK_URL"),
    webhookDelayMs: get("TOSS_SANDBOX_WEBHOOK_DELAY_MS"),
    clientKey: get("TOSS_CLIENT_KEY"),
    secretKey: get("TOSS_SECRET_KEY"),
  };
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return config;
}
