import type { Mutation } from "./mutation.ts";

const personalData = { file: "tests/personal_data_integration_test.ts" };
const settingsTest = { file: "packages/shared/http/safe_settings_test.ts" };

/** Commands, settings and erasure. */
export const settingsMutations: readonly Mutation[] = [
  {
    rule: "--help never acts",
    broken: "it is ignored after another argument",
    file: "packages/local-stack/terminal/command_line.ts",
    find: 'return read.includes("--help") ||',
    replace: 'return read[0] === "--help" ||',
    killer: { file: "packages/local-stack/terminal/command_line_test.ts" },
  },
  {
    rule: "Nothing is deleted without a confirmation",
    broken: "a missing terminal counts as a yes",
    file: "packages/local-stack/terminal/confirmed.ts",
    find: "  if (!input.isTTY)\n    throw",
    replace: "  if (!input.isTTY) return;\n  if (false as boolean)\n    throw",
    killer: { file: "packages/local-stack/terminal/command_line_test.ts" },
  },
  {
    rule: "No guessable secret runs with live keys",
    broken: "any twenty characters are accepted",
    file: "packages/shared/http/safe_settings.ts",
    find: "bitsOf(secret) >= secretBitsMin",
    replace: "bitsOf(secret) >= 0",
    killer: settingsTest,
  },
  {
    rule: "With live keys only Toss's own addresses are allowed",
    broken: "addresses are compared by prefix",
    file: "packages/shared/http/safe_settings.ts",
    find: "URL.parse(given[name])?.origin !== origin",
    replace: "!given[name].startsWith(origin)",
    killer: settingsTest,
  },
  {
    rule: "Names of unpaid orders are erased in time",
    broken: "names of paid orders are erased with them",
    file: "packages/order/infrastructure/postgres_order_queries.ts",
    find: "customer_email <> '' and confirmed_at is null and status in ('CANCELED', 'EXPIRED')",
    replace: "customer_email <> ''",
    killer: {
      file: "packages/order/infrastructure/postgres_order_queries_integration_test.ts",
      name: "listToErase()",
    },
  },
  {
    rule: "An erasure covers both services",
    broken: "payment is not called",
    file: "packages/order/application/erase_customers.ts",
    find: "  await deps.payments.erase({ orderId });\n",
    replace: "",
    killer: personalData,
  },
  {
    rule: "A secret comes unchanged from exactly one place",
    broken: "the line break at the end of its file becomes part of it",
    file: "packages/shared/http/config.ts",
    find: '.replace(/\\r?\\n$/, "")',
    replace: "",
    killer: { file: "packages/shared/http/config_test.ts" },
  },
  {
    rule: "A secret comes unchanged from exactly one place",
    broken: "a secret in the environment silently overrides one in a file",
    file: "packages/shared/http/config.ts",
    find: "if (given[name]) faults.push",
    replace: "if (false) faults.push",
    killer: { file: "packages/shared/http/config_test.ts" },
  },
  {
    rule: "With MIGRATE=off a service changes no table, and starts only on its own schema version",
    broken: "it starts on an older schema",
    file: "packages/database/migrate.ts",
    find: "if (next === undefined) return;",
    replace: "if (next === undefined || !migrates) return;",
    killer: { file: "packages/database/until_migrated_integration_test.ts" },
  },
  {
    rule: "With MIGRATE=off a service changes no table, and starts only on its own schema version",
    broken: "it migrates anyway",
    file: "packages/database/start_database.ts",
    find: "{ log, migrates }",
    replace: "{ log }",
    killer: { file: "packages/database/until_migrated_integration_test.ts" },
  },
  {
    rule: "A refund account is masked once the refund has ended",
    broken: "it is kept",
    file: "packages/payment/domain/record.ts",
    find: "refund.account && masked(refund.account)",
    replace: "refund.account",
    killer: { file: "packages/payment/domain/refund_test.ts" },
  },
  {
    rule: "No refund is sent with a masked account",
    broken: "it is sent",
    file: "packages/payment/domain/effect.ts",
    find: "cancel?.account != null && !isMasked(cancel.account)",
    replace: "cancel?.account != null",
    killer: { file: "packages/payment/domain/closing_test.ts" },
  },
];
