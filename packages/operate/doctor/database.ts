import { sql, type Kysely } from "kysely";
import { isOpenLetter } from "@payflow/back-office/messages";
import { checksumOf, openDatabase, type Migration } from "@payflow/database";
import { fault, fine, reasonOf, warning, withinLimit, type Finding } from "./finding.ts";

type Service = "order" | "payment";

/** Checks one service's database: availability, durability, migrations, and its backlog. */
export async function databaseFindings(
  service: Service,
  url: string,
  migrations: readonly Migration[],
): Promise<Finding[]> {
  const about = `${service}'s database`;
  const variable = `${service.toUpperCase()}_DATABASE_URL`;
  let database: ReturnType<typeof openDatabase> | undefined;
  try {
    database = openDatabase({ url, applicationName: "payflow-doctor", poolMax: 1 });
    return await withinLimit(inspect(about, service, database.kysely, migrations), "the check");
  } catch (error) {
    const advice =
      {
        "28P01": "The password is wrong",
        "28000": "The role may not log in",
        "3D000": "There is no such database: create it",
      }[(error as { code?: string }).code ?? ""] ?? "See whether PostgreSQL runs";
    return [
      fault(about, reasonOf(error), `${advice}; its address is in ${variable}, or DATABASE_URL.`),
    ];
  } finally {
    await database?.close();
  }
}

async function inspect(
  about: string,
  service: Service,
  db: Kysely<never>,
  migrations: readonly Migration[],
): Promise<Finding[]> {
  const sentAtMs = Date.now();
  const { rows } = await sql<Record<"version" | "fsync" | "now", string> & { standby: boolean }>`
    select current_setting('server_version') as version, current_setting('fsync') as fsync,
      clock_timestamp()::text as now, pg_is_in_recovery() as standby`.execute(db);
  const [server] = rows;
  if (server === undefined) return [fault(about, "it returned nothing")];
  if (server.standby)
    return [
      fault(about, "is a standby, which accepts no writes", "Set its address to the primary."),
    ];
  const findings: Finding[] = [fine(about, `PostgreSQL ${server.version} answers`)];
  const apartMs =
    Date.parse(server.now.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00")) - sentAtMs;
  if (Math.abs(apartMs) > 5_000)
    findings.push(
      warning(
        about,
        `its clock is ${Math.round(apartMs / 1000)} s from this computer's`,
        "Set both by NTP: payment periods and webhooks are dated by the database's.",
      ),
    );
  if (server.fsync !== "on")
    findings.push(
      warning(
        about,
        "fsync is off: a crash may lose acknowledged changes",
        "Turn it on, unless your provider keeps the log elsewhere.",
      ),
    );
  const schema = await schemaFinding(about, db, migrations);
  findings.push(schema);
  return schema.level === "fine" ? [...findings, ...(await backlog(service, db))] : findings;
}

async function schemaFinding(
  about: string,
  db: Kysely<never>,
  migrations: readonly Migration[],
): Promise<Finding> {
  const { rows: tables } =
    await sql`select to_regclass('migrations') as found where to_regclass('migrations') is not null`.execute(
      db,
    );
  const applied =
    tables.length === 0
      ? []
      : (
          await sql<{
            name: string;
            checksum: string;
          }>`select name, checksum from migrations`.execute(db)
        ).rows;
  const known = new Map(migrations.map((one) => [one.name, checksumOf(one)]));
  const unknown = applied.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  const changed = applied.filter(
    ({ name, checksum }) => known.has(name) && known.get(name) !== checksum,
  );
  const missing = [...known.keys()].filter((name) => !applied.some((one) => one.name === name));
  if (unknown.length > 0)
    return fault(
      about,
      `is newer than this code: it has ${unknown.join(", ")}`,
      "Use the code that made it, or a later one.",
    );
  if (changed.length > 0)
    return fault(
      about,
      `has other versions of ${changed.map(({ name }) => name).join(", ")}`,
      "Restore the migration: a released migration must never be edited.",
    );
  if (missing.length > 0)
    return fault(
      about,
      `lacks ${missing.join(", ")}`,
      "Start the service: it applies them, unless MIGRATE is off; then start it once with MIGRATE=only.",
    );
  return fine(about, `has all ${known.size} migrations`);
}

/** Items that wait too long, each with the command that shows them. */
async function backlog(service: Service, db: Kysely<never>): Promise<Finding[]> {
  const about = `the queues of ${service}`;
  const count = async (query: ReturnType<typeof sql<{ count: number }>>) =>
    (await query.execute(db)).rows[0]?.count ?? 0;
  const old = await count(sql`
    select count(*)::integer from (select from waiting_events
      where recorded_at < now() - interval '1 minute' limit 10000) w`);
  const dead = await count(
    sql`select count(*)::integer from (select from dead_letters where ${isOpenLetter} limit 10000) d`,
  );
  const findings: Finding[] = [];
  if (old > 0)
    findings.push(
      fault(
        about,
        `${old} events have not been published for more than a minute`,
        "Check that Kafka runs: bun run outbox status, and the log of the service.",
      ),
    );
  if (dead > 0)
    findings.push(
      warning(
        about,
        `${dead} dead letters`,
        "bun run dead-letters list shows them with their error.",
      ),
    );
  if (service === "payment") findings.push(...(await paymentBacklog(about, count)));
  return findings.length > 0 ? findings : [fine(about, "nothing is late")];
}

async function paymentBacklog(
  about: string,
  count: (query: ReturnType<typeof sql<{ count: number }>>) => Promise<number>,
): Promise<Finding[]> {
  const review = await count(
    sql`select count(distinct order_id)::integer from open_ends where needs_review`,
  );
  const differences = await count(sql`
    select count(*)::integer from reconciliation_exceptions where resolved_at is null`);
  const webhooks = await count(sql`
    select count(*)::integer from (select from webhooks
      where handled_at is null and received_at < now() - interval '5 minutes' limit 10000) w`);
  const silent = await count(sql`
    select count(*)::integer from (select from ledger_entries
      where occurred_at < now() - interval '10 minutes' and not exists (select from webhooks) limit 1) l`);
  return [
    ...(review > 0
      ? [fault(about, `${review} payments need manual review`, "bun run reconcile lists them.")]
      : []),
    ...(differences > 0
      ? [
          warning(
            about,
            `${differences} movements differ from Toss's list`,
            "bun run reconcile lists them.",
          ),
        ]
      : []),
    ...(webhooks > 0
      ? [
          fault(
            about,
            `${webhooks} webhooks are not handled`,
            "See payment's log: it queries Toss about each.",
          ),
        ]
      : []),
    ...(silent > 0
      ? [
          warning(
            about,
            "payments were made, but no webhook of Toss has arrived",
            "Register PUBLIC_URL/webhooks/toss in Toss's 개발자센터 > 웹훅: until then, queries find changes, minutes later.",
          ),
        ]
      : []),
  ];
}
