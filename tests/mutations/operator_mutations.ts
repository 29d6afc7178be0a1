import type { Mutation } from "./mutation.ts";

const payment = "packages/payment/infrastructure";
const replay = "packages/back-office/messages/dead_letter_replay.ts";
const moneyTest = "packages/ledger/money_month_integration_test.ts";
const lettersTest = "packages/back-office/messages/dead_letters_integration_test.ts";

/** Operators' reports and actions. */
export const operatorMutations: readonly Mutation[] = [
  {
    rule: "A difference from Toss's list can be resolved only with a reason",
    broken: "an empty reason is accepted",
    file: "packages/ledger/exceptions.ts",
    find: 'if (reason.trim() === "" || given.length === 0)',
    replace: "if (given.length === 0)",
    killer: { file: moneyTest, name: "never without a reason" },
  },
  {
    rule: "A resolved difference does not count for its day",
    broken: "it is still counted",
    file: "packages/ledger/money_month.ts",
    find: "where e.day = r.day and resolved_at is null) as differences",
    replace: "where e.day = r.day) as differences",
    killer: { file: moneyTest, name: "each day shows its comparison" },
  },
  {
    rule: "A day of the money report is a day in Korea",
    broken: "it is a day in UTC",
    file: "packages/ledger/money_month.ts",
    find: "select (occurred_at at time zone 'Asia/Seoul')::date",
    replace: "select (occurred_at at time zone 'UTC')::date",
    killer: { file: moneyTest, name: "23:59:59 and midnight" },
  },
  {
    rule: "A month of the money report is a month in Korea",
    broken: "it is a month in UTC",
    file: "packages/ledger/money_month.ts",
    find: "${time} >= ${firstDay} at time zone 'Asia/Seoul'",
    replace: "${time} >= ${firstDay} at time zone 'UTC'",
    killer: { file: moneyTest, name: "23:59:59 and midnight" },
  },
  {
    rule: "A dead letter counts as replayed once Kafka has its message",
    broken: "it is marked but not sent",
    file: replay,
    find: "for (const row of rows) await send(producer, row); return (await mark",
    replace: "return (await mark",
    killer: { file: lettersTest, name: "a replay that Kafka rejected" },
  },
  {
    rule: "A dead letter that fails again is not replayed by the same run",
    broken: "it is replayed endlessly",
    file: replay,
    find: "and id <= ${until}::bigint",
    replace: "and ${until}::bigint > 0",
    killer: { file: lettersTest, name: "is not replayed repeatedly" },
  },
  {
    rule: "A webhook is shown without personal data and secrets",
    broken: "everything except its secret is shown",
    file: `${payment}/masked_body.ts`,
    find: "isPlain(given) || shownMembers.has(member) ? given",
    replace: 'isPlain(given) || member !== "secret" ? given',
    killer: { file: `${payment}/masked_body_test.ts`, name: "a webhook's body shows its payment" },
  },
];
