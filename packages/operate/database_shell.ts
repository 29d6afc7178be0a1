import { createInterface } from "node:readline";
import postgres from "postgres";
import { escapeUnseenInLines, textTable, UsageError, UserError } from "@payflow/local-stack";
import { readStackFile } from "./stack/stack_file.ts";

/** How long one waits at a prompt; a longer query is a mistake. */
const queryWithinMs = 60_000;

const tablesSql = `
  select c.relname as table, pg_size_pretty(pg_total_relation_size(c.oid)) as size,
    obj_description(c.oid) as meaning
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname = 'public' order by 1`;

/** `bun run db order` reads statements; with one given, runs it and ends. */
export async function databaseShell(
  dataDir: string,
  [name, given = ""]: readonly string[],
): Promise<void> {
  if (name !== "order" && name !== "payment")
    throw new UsageError(
      'Name a database, order or payment: bun run db order, or bun run db order "select * from orders".',
    );
  const { orderDatabase, paymentDatabase } = readStackFile(dataDir);
  const url = name === "order" ? orderDatabase : paymentDatabase;
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 10,
    connection: { statement_timeout: queryWithinMs },
    onnotice: (notice) => printError(notice["message"]),
  });
  try {
    const statement = given.trim();
    if (statement === "\\dt") await show(sql, tablesSql);
    else if (statement !== "") await show(sql, statement);
    else await prompt(sql, name);
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** Messages of PostgreSQL quote what is in rows. */
function printError(message: string | undefined): void {
  console.error(escapeUnseenInLines(message ?? ""));
}

async function show(sql: postgres.Sql, statement: string): Promise<void> {
  const rows = await sql.unsafe(statement);
  if (rows.length > 0) console.log(textTable(rows));
  console.log(
    rows.command === "SELECT"
      ? `${rows.count} row${rows.count === 1 ? "" : "s"}`
      : `${rows.command ?? "done"} ${rows.count ?? ""}`.trim(),
  );
}

async function prompt(sql: postgres.Sql, name: string): Promise<void> {
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal ? { output: process.stdout } : {}),
  });
  if (isTerminal) {
    console.log("End a statement with ; — \\dt lists the tables, \\q leaves.");
  }
  let statement = "";
  const showPrompt = () => {
    if (isTerminal) process.stdout.write(statement ? `${name}-> ` : `${name}=> `);
  };
  const run = (text: string) =>
    show(sql, text).catch((error: unknown) =>
      printError(error instanceof Error ? error.message : String(error)),
    );
  showPrompt();
  for await (const line of lines) {
    const word = line.trim();
    if (word === "\\q") break;
    if (word === "\\dt") {
      await run(tablesSql);
    } else {
      statement += `${line}\n`;
      if (word.endsWith(";")) {
        await run(statement);
        statement = "";
      }
    }
    showPrompt();
  }
  if (statement.trim() !== "") await run(statement);
  lines.close();
}
