import type { Mutation } from "./mutation.ts";

const personalData = { file: "tests/personal_data_integration_test.ts" };
const settingsTest = { file: "packages/shared/http/safe_settings_test.ts" };

/** What an operator relies on: commands, settings, and what is forgotten. */
export const settingsMutations: readonly Mutation[] = [
  {
    rule: "Help never acts",
    broken: "it is not asked for when another word stands before it",
    file: "packages/local-stack/command_line.ts",
    find: '    read.includes("--help") ||\n',
    replace: '    read[0] === "--help" ||\n',
    killer: { file: "packages/local-stack/command_line_test.ts" },
  },
  {
    rule: "Nothing is deleted unasked",
    broken: "nobody to ask counts as agreement",
    file: "packages/local-stack/command_line.ts",
    find: "  if (!input.isTTY)\n    throw",
    replace: "  if (!input.isTTY) return;\n  if (false as boolean)\n    throw",
    killer: { file: "packages/local-stack/command_line_test.ts" },
  },
  {
    rule: "No guessable secret runs with live keys",
    broken: "any of twenty characters is taken",
    file: "packages/shared/http/safe_settings.ts",
    find: "bitsOf(secret) >= secretBitsMin",
    replace: "bitsOf(secret) >= 0",
    killer: settingsTest,
  },
  {
    rule: "With live keys nothing but Toss is called",
    broken: "an address counts by how it begins",
    file: "packages/shared/http/safe_settings.ts",
    find: "URL.parse(url)?.origin === origin",
    replace: "url.startsWith(origin)",
    killer: settingsTest,
  },
  {
    rule: "Names of unpaid orders are erased in time",
    broken: "paid ones are erased with them",
    file: "packages/order/infrastructure/postgres_order_queries.ts",
    find: "customer_email <> '' and confirmed_at is null and status in ('CANCELED', 'EXPIRED')",
    replace: "customer_email <> ''",
    killer: personalData,
  },
  {
    rule: "A person is forgotten in both services",
    broken: "payment is not asked",
    file: "packages/order/application/erase_customers.ts",
    find: "  await deps.payments.erase({ orderId });\n",
    replace: "",
    killer: personalData,
  },
  {
    rule: "A refund account is masked once the refund has ended",
    broken: "it stays",
    file: "packages/payment/domain/record.ts",
    find: "refund.account && masked(refund.account)",
    replace: "refund.account",
    killer: { file: "packages/payment/domain/refund_test.ts" },
  },
  {
    rule: "Nothing is paid to the masked rest of an account",
    broken: "it is sent again",
    file: "packages/payment/domain/effect.ts",
    find: "cancel?.account != null && !isMasked(cancel.account)",
    replace: "cancel?.account != null",
    killer: { file: "packages/payment/domain/closing_test.ts" },
  },
];
