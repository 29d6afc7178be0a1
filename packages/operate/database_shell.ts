import { createInterface } from "node:readline";
import postgres from "postgres";
import {
  escapeUnseenInLines,
  textTable,
  UsageError,
  UserError,
  type Io,
  type Output,
} from "@payflow/local-stack";
import type { Work } from "./context.ts";
import { withSecretFiles } from "@payflow/shared/http";
import { readStackFile } from "./stack/stack_file.ts";

/** How long one waits at a prompt; a longer query is a mistake. */
const queryWithinMs = 60_000;

const tablesSql = `
  select c.relname as table, pg_size_pretty(pg_total_relation_size(c.oid)) as size,
    obj_description(c.oid) as meaning
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname = 'public' order by 1`;

/** A prompt for statements; with one given, runs it and ends. */
export const databaseShell: Work = async ({ words, flags }, { env, dataDir }, io) => {
  const [name = "", given = ""] = words;
  const statement = given.trim();
  if (flags["json"] && statement === "") throw new UsageError("--json needs a statement");
  const url =
    withSecretFiles(env)[`${name.toUpperCase()}_DATABASE_URL`] ||
    readStackFile(dataDir)[name === "order" ? "orderDatabase" : "paymentDatabase"];
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 10,
    connection: { statement_timeout: queryWithinMs },
    onnotice: (notice) => printError(notice["message"]),
  });
  try {
    if (statement === "") return await prompt(sql, name, io);
    return await answerTo(sql, statement === "\\dt" ? tablesSql : statement);
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  } finally {
    await sql.end({ timeout: 1 });
  }
};

/** Messages of PostgreSQL quote what is in rows. */
function printError(message: string | undefined): void {
  console.error(escapeUnseenInLines(message ?? ""));
}

async function answerTo(sql: postgres.Sql, statement: string): Promise<Output> {
  const rows = await sql.unsafe(statement);
  const count =
    rows.command === "SELECT"
      ? `${rows.count} row${rows.count === 1 ? "" : "s"}`
      : `${rows.command ?? "done"} ${rows.count ?? ""}`.trim();
  return { json: [...rows], text: rows.length > 0 ? `${textTable(rows)}\n${count}` : count };
}

async function prompt(sql: postgres.Sql, name: string, io: Io): Promise<void> {
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
  const run = async (text: string) => {
    try {
      await io.print(`${(await answerTo(sql, text)).text}\n`);
    } catch (error) {
      printError(error instanceof Error ? error.message : String(error));
    }
  };
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
