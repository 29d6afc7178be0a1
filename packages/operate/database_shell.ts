import { createInterface } from "node:readline";
import {
  escapeUnseenInLines,
  textTable,
  UsageError,
  UserError,
  type Io,
  type Output,
} from "@payflow/local-stack";
import { isConnectionLoss, openSession, type Session } from "@payflow/database";
import type { Work } from "./context.ts";
import { databaseAddress, databaseAway, type Service } from "./places.ts";
import { withSecretFiles } from "@payflow/shared/http";
import { readStackFile } from "./stack/stack_file.ts";

/** Time limit of a query at the prompt. */
const queryWithinMs = 60_000;

const tablesSql = `
  select c.relname as table, pg_size_pretty(pg_total_relation_size(c.oid)) as size,
    obj_description(c.oid) as meaning
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and n.nspname = 'public' order by 1`;

/** Opens a prompt for SQL statements, or runs the given statement. */
export const databaseShell: Work = async ({ words, flags }, { env, dataDir }, io) => {
  const [name = "", given = ""] = words;
  const statement = given.trim();
  if (flags["json"] && statement === "") throw new UsageError("--json needs a statement");
  const service = name as Service;
  const url =
    withSecretFiles(env)[`${name.toUpperCase()}_DATABASE_URL`] ||
    readStackFile(dataDir)[`${service}Database`];
  const address = databaseAddress(service, url);
  let session: Session | undefined;
  const run = async (statement: string) => {
    session ??= openSession({
      address,
      applicationName: "payflow-db",
      statementLimitMs: queryWithinMs,
      onNotice: (notice) => printError(notice["message"]),
      // after a restart of the server the next statement opens a new connection
      onClose: () => (session = undefined),
    });
    return answerOf(await session.run(statement === "\\dt" ? tablesSql : statement, []));
  };
  try {
    if (statement === "") return await prompt(run, name, io);
    return await run(statement);
  } catch (error) {
    if (isConnectionLoss(error)) throw databaseAway(error as Error);
    throw new UserError(error instanceof Error ? error.message : String(error));
  } finally {
    await session?.end(1_000);
  }
};

type Run = (statement: string) => Promise<Output>;

/** Prints an error. PostgreSQL's messages quote data of rows, which may contain control characters. */
function printError(message: string | undefined): void {
  console.error(escapeUnseenInLines(message ?? ""));
}

type Rows = Awaited<ReturnType<Session["run"]>>;

function answerOf(rows: Rows): Output {
  if (Array.isArray(rows[0])) {
    // one result per statement
    const each = (rows as unknown as Rows[]).map(answerOf);
    return { json: each.map(({ json }) => json), text: each.map(({ text }) => text).join("\n") };
  }
  const count =
    rows.command === "SELECT"
      ? `${rows.count} row${rows.count === 1 ? "" : "s"}`
      : `${rows.command ?? "done"} ${rows.count ?? ""}`.trim();
  return { json: [...rows], text: rows.length > 0 ? `${textTable(rows)}\n${count}` : count };
}

async function prompt(run: Run, name: string, io: Io): Promise<void> {
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
  const show = async (text: string) => {
    try {
      await io.print(`${(await run(text)).text}\n`);
    } catch (error) {
      printError(error instanceof Error ? error.message : String(error));
    }
  };
  showPrompt();
  for await (const line of lines) {
    const word = line.trim();
    if (word === "\\q") break;
    if (word === "\\dt") {
      await show(word);
    } else {
      statement += `${line}\n`;
      if (word.endsWith(";")) {
        await show(statement);
        statement = "";
      }
    }
    showPrompt();
  }
  if (statement.trim() !== "") await show(statement);
  lines.close();
}
