import type { Mutation } from "./mutation.ts";

const database = "packages/database";
const outbox = "packages/outbox";
const databaseTest = `${database}/database_integration_test.ts`;
const migrateTest = `${database}/migrate_integration_test.ts`;
const savesTest = `${outbox}/saves_integration_test.ts`;

/** Database sessions, migrations, readiness, logs, and failover. */
export const databaseMutations: readonly Mutation[] = [
  {
    rule: "A commit is acknowledged only when it is on disk",
    broken: "sessions set synchronous_commit to off",
    file: `${database}/session.ts`,
    find: "then 'remote_apply' else 'on' end",
    replace: "then 'remote_apply' else 'off' end",
    killer: { file: databaseTest, name: "waits for the disk" },
  },
  {
    rule: "A server that acknowledges commits before they are safe is reported at start",
    broken: "only full_page_writes is checked",
    file: `${database}/start_database.ts`,
    find: 'for (const name of ["fsync", "full_page_writes"] as const)',
    replace: 'for (const name of ["full_page_writes"] as const)',
    killer: {
      file: `${database}/start_database_integration_test.ts`,
      name: "logs an error when",
    },
  },
  {
    rule: "A connection to a demoted server is closed",
    broken: "its error counts as an error of the statement",
    file: `${database}/database_faults.ts`,
    find: "!statementStates.test(code);",
    replace: '!(statementStates.test(code) || code === "25006");',
    killer: { file: databaseTest, name: "no statement fails from the first moment on" },
  },
  {
    rule: "One error of a demoted server closes all connections to it",
    broken: "the other connections stay open",
    file: `${database}/connections.ts`,
    find: "    if (isReadOnly) for (const other of [...all]) retire(other);\n",
    replace: "",
    killer: { file: databaseTest, name: "no statement fails from the first moment on" },
  },
  {
    rule: "A connection has a maximum lifetime",
    broken: "it lives as long as it works",
    file: `${database}/connections.ts`,
    find: "endsAtMs: openedAtMs + (lifeMs / 2) * (1 + Math.random()),",
    replace: "endsAtMs: openedAtMs + 1_000 * lifeMs,",
    killer: { file: databaseTest, name: "closes connections at their maximum age" },
  },
  {
    rule: "A session starts without parameters that PgBouncer rejects",
    broken: "statement_timeout is sent as a parameter",
    file: `${database}/session.ts`,
    find: '        TimeZone: "UTC",\n',
    replace: '        TimeZone: "UTC",\n        statement_timeout: 10_000,\n',
    killer: { file: databaseTest, name: "no start-up parameter that PgBouncer rejects" },
  },
  {
    rule: "Behind a pooler no state is kept in a session",
    broken: "statements are prepared as everywhere else",
    file: `${database}/session.ts`,
    find: "prepare: !isPooled ",
    replace: "prepare: true ",
    killer: { file: databaseTest, name: "leaves no state in a session" },
  },
  {
    rule: "A service is ready only while its database accepts writes",
    broken: "the check only reads",
    file: `${outbox}/write_check.ts`,
    find: `insert into readiness (name, written_at)
        select 'probe', clock_timestamp() from spilled where rows > 0
        on conflict (name) do update set written_at = excluded.written_at`,
    replace: "select rows from spilled",
    killer: { file: `packages/shared/http/readiness_integration_test.ts` },
  },
  {
    rule: "Readiness fails before the port closes",
    broken: "a stopping service reports ready until it ends",
    file: `packages/shared/http/serve.ts`,
    find: "      service.drain();\n",
    replace: "",
    killer: {
      file: `packages/shared/http/serve_test.ts`,
      name: "is not ready after SIGTERM",
    },
  },
  {
    rule: "A stopping service accepts requests until DRAIN_MS is over",
    broken: "it closes its port at once",
    file: `packages/shared/http/serve.ts`,
    find: "      await pause(drainMs, hurry.signal);\n",
    replace: "",
    killer: {
      file: `packages/shared/http/serve_test.ts`,
      name: "is not ready after SIGTERM",
    },
  },
  {
    rule: "No log contains database rows",
    broken: "errors are logged with all their fields",
    file: `packages/shared/http/log.ts`,
    find: "(value instanceof Error ? errorFields(value) : value)",
    replace: "value",
    killer: { file: "tests/logs_integration_test.ts" },
  },
  {
    rule: "No log contains text that an error message quotes",
    broken: "messages are logged unchanged",
    file: `packages/shared/http/error_fields.ts`,
    find: "    message: messageOf(error),\n",
    replace: "    message: error.message,\n",
    killer: { file: "tests/logs_integration_test.ts" },
  },
  {
    rule: "A changed migration that was applied before is rejected",
    broken: "its checksum is not compared",
    file: `${database}/migrate.ts`,
    find: "checksum !== checksums.get(name)",
    replace: "checksum === name",
    killer: { file: migrateTest, name: "changed after it was applied" },
  },
  {
    rule: "A service does not start on a newer database",
    broken: "unknown migrations are ignored",
    file: `${database}/migrate.ts`,
    find: "  if (unknown.length > 0)\n",
    replace: "  if (unknown.length > rows.length)\n",
    killer: { file: migrateTest, name: "newer than the code" },
  },
  {
    rule: "A start times out only while its database is unavailable",
    broken: "the time limit starts when the service starts",
    file: `${database}/retry_at_start.ts`,
    find: "  let giveUpAtMs: number | undefined;\n",
    replace: "  let giveUpAtMs: number | undefined = performance.now() + awayLimitMs;\n",
    killer: { file: migrateTest, name: "a migration that is interrupted is repeated" },
  },
  {
    rule: "A database that stops responding during a migration does not block the start",
    broken: "its response is awaited without limit",
    file: `${database}/migrate.ts`,
    find: "Promise.race([running, untilRecorded()])",
    replace: "running",
    killer: { file: migrateTest, name: "whose response is lost" },
  },
  {
    rule: "Saving the same change again returns its earlier result",
    broken: "the history is checked only after a lost response",
    file: `${outbox}/saves.ts`,
    find: "await correct(left, await write(left, isNew));",
    replace: "await (attempt > 1 ? correct(left, await write(left, isNew)) : write(left, isNew));",
    killer: { file: savesTest, name: "the same Save again returns" },
  },
];
