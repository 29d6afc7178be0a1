// PostgreSQL and Kafka of the run, on free ports, with fsync on. They end with the run, even after
// SIGKILL.
import { Kafka, logLevel, type Admin } from "kafkajs";
import postgres from "postgres";
import { ownKafka, ownPostgres } from "@payflow/local-stack/testing";
import { kafkaPid, parentOf } from "./process_times.ts";

export type Servers = {
  /** The superuser's URL of the maintenance database. */
  readonly url: string;
  readonly sql: postgres.Sql;
  readonly brokers: readonly string[];
  readonly admin: Admin;
  readonly pids: { readonly postgres: number | undefined; readonly kafka: number | undefined };
  /** False when this build of PostgreSQL lacks pg_stat_statements. */
  readonly countsStatements: boolean;
  readonly versions: { readonly postgres: string };
  /** @param template a database without connections */
  createDatabase(name: string, template?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  urlOf(database: string): string;
  close(): Promise<void>;
};

export async function startServers(): Promise<Servers> {
  const [server, kafka] = await Promise.all([ownPostgres(), ownKafka()]);
  const open = () => postgres(server.url, { max: 2, onnotice() {}, connect_timeout: 10 });
  let sql = open();
  const [extension] = await sql`
    select 1 from pg_available_extensions where name = 'pg_stat_statements'`;
  const countsStatements = extension !== undefined;
  // commit timestamps give the time between two commits in microseconds, by one clock
  await sql`alter system set track_commit_timestamp = on`;
  if (countsStatements) await sql`alter system set shared_preload_libraries = 'pg_stat_statements'`;
  await sql.end();
  await server.stop();
  await server.start();
  sql = open();
  if (countsStatements) await sql`create extension pg_stat_statements`;
  const [row] = await sql<{ pid: number; version: string }[]>`
    select pg_backend_pid() as pid, current_setting('server_version') as version`;
  const { brokers, port } = kafka;
  const client = new Kafka({ brokers, clientId: "bench", logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  const urlOf = (database: string) => {
    const url = new URL(server.url);
    url.pathname = `/${database}`;
    return url.href;
  };
  return {
    url: server.url,
    sql,
    brokers,
    admin,
    pids: { postgres: parentOf(row?.pid ?? 0), kafka: kafkaPid(port) },
    countsStatements,
    versions: { postgres: row?.version ?? "" },
    async createDatabase(name, template) {
      await (template === undefined
        ? sql`create database ${sql(name)}`
        : sql`create database ${sql(name)} template ${sql(template)} strategy file_copy`);
      return urlOf(name);
    },
    async dropDatabase(name) {
      await sql`drop database if exists ${sql(name)} with (force)`;
    },
    urlOf,
    async close() {
      await Promise.allSettled([sql.end({ timeout: 5 }), admin.disconnect()]);
      await Promise.allSettled([server.close(), kafka.close()]);
    },
  };
}
