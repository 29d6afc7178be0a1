import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@payflow/local-stack";
import { orderMigrations, readOrderConfig, type OrderConfig } from "@payflow/order";
import { paymentMigrations, readPaymentConfig, type PaymentConfig } from "@payflow/payment";
import { ConfigError, withSecretFiles } from "@payflow/shared/http";
import { databaseFindings } from "./doctor/database.ts";
import { fault, fine, type Finding } from "./doctor/finding.ts";
import { kafkaFindings } from "./doctor/kafka.ts";
import { orderFindings, paymentFindings, shopAddressFindings } from "./doctor/services.ts";
import { tossFindings } from "./doctor/toss.ts";
import { envFileFaults } from "./stack/env_file.ts";
import { preflight } from "./stack/preflight.ts";
import { secretsIn } from "./stack/secrets.ts";
import { serviceEnvironment, type Addresses } from "./stack/service_environment.ts";
import { readSettings, type Environment, type Settings } from "./stack/settings.ts";
import { readStackFile } from "./stack/stack_file.ts";
import { runningStack } from "./stack/stack_lock.ts";

export type DoctorInput = {
  readonly env: Environment;
  readonly dataDir: string;
  readonly root: string;
};

/** Checks the settings and every server that they name. Changes nothing. */
export async function diagnose({ env: given, dataDir, root }: DoctorInput): Promise<Finding[]> {
  const files = configOf("the secrets' files", () => withSecretFiles(given));
  if (files.config === undefined) return [...files.findings];
  const env = files.config;
  const { settings, faults } = readSettings(env, root);
  const found = [...faults, ...envFileFaults(root, env)].map((says) =>
    fault("settings", says, "Correct it in .env or in this shell, then start again."),
  );
  const addresses = addressesOf(settings, dataDir);
  const pid = runningStack(dataDir);
  if (addresses === undefined && pid !== undefined) {
    const says = `is being started or stopped (pid ${pid})`;
    return [...found, fault("the stack", says, 'Run this again after its line "ready after".')];
  }
  if (addresses === undefined) {
    const missing = preflight(settings, env).map((says) => fault("this machine", says));
    const away = fault("the stack", "PayFlow does not run here", "Start it: bun start");
    return [...found, ...missing, away];
  }
  // a stack that was killed leaves the addresses of its servers behind
  const isKilled = !settings.databases && runningStack(dataDir) === undefined;
  if (isKilled) found.push(fault("the stack", "was killed, not stopped", "Start it: bun start"));
  const secrets = existsSync(join(dataDir, "secrets.json")) ? secretsIn(dataDir) : noSecrets;
  const environmentOf = (service: "order" | "payment") =>
    serviceEnvironment(service, { settings, secrets, addresses, env });
  const order = configOf("order's settings", () => readOrderConfig(environmentOf("order")));
  const payment = configOf("payment's settings", () => readPaymentConfig(environmentOf("payment")));
  const config = { ...order.config, ...payment.config };
  const checks = await Promise.all([
    databaseFindings("order", addresses.orderDatabase, await orderMigrations()),
    databaseFindings("payment", addresses.paymentDatabase, await paymentMigrations()),
    config.kafka ? kafkaFindings(config.kafka) : [],
    order.config ? orderFindings(order.config) : [],
    order.config ? shopAddressFindings(order.config) : [],
    order.config ? paymentFindings(order.config) : [],
    payment.config ? tossFindings(payment.config) : [],
  ]);
  return [...found, ...order.findings, ...payment.findings, ...checks.flat()];
}

const noSecrets = {
  merchantApiKey: "",
  sessionSecret: "",
  internalApiKey: "",
  postgresPassword: "",
};

function addressesOf(settings: Settings, dataDir: string): Addresses | undefined {
  const { databases, brokers } = settings;
  try {
    const stack = databases && brokers ? undefined : readStackFile(dataDir);
    return {
      orderDatabase: databases?.order ?? stack?.orderDatabase ?? "",
      paymentDatabase: databases?.payment ?? stack?.paymentDatabase ?? "",
      brokers: brokers ?? stack?.brokers ?? "",
    };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function configOf<C extends OrderConfig | PaymentConfig | Environment>(
  about: string,
  read: () => C,
): { readonly config?: C; readonly findings: readonly Finding[] } {
  try {
    return { config: read(), findings: [fine(about, "are complete")] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = error.message.split("\n").slice(1);
    const says = lines.length > 0 ? lines : [error.message];
    return {
      findings: says.map((line) =>
        fault(about, line.trim(), "Set it in .env or in this shell: .env.example explains each."),
      ),
    };
  }
}
