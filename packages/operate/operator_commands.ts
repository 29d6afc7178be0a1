import {
  type Command,
  textTable,
  UserError,
  type CommandSpec,
  type ReadWords,
} from "@payflow/local-stack";
import { ConfigError } from "@payflow/shared/http";
import { deadLetters, deadLettersCommand } from "./dead_letters.ts";
import { asLines, doctorCommand } from "./doctor/command.ts";
import { erase, eraseCommand } from "./erase.ts";
import { moneyAsCsv, moneyByDay, moneyCommand } from "./money.ts";
import { asOperator } from "./operator.ts";
import { outbox, outboxCommand } from "./outbox.ts";
import { openPlaces, type Places } from "./places.ts";
import { dataDirIn, root } from "./stack/data_dirs.ts";
import { reconcile, reconcileCommand } from "./reconcile.ts";

type Rows = readonly Record<string, unknown>[];
type Read = (given: ReadWords) => (places: Places) => Promise<Rows>;

/** By the word that names them. */
export const operatorCommands: Readonly<Record<string, Command>> = {
  outbox: withPlaces(outboxCommand, outbox),
  "dead-letters": withPlaces(deadLettersCommand, deadLetters),
  reconcile: withPlaces(reconcileCommand, reconcile),
  money: {
    ...moneyCommand,
    async run(given: ReadWords) {
      if (!given.flags["csv"]) return await withPlaces(moneyCommand, moneyByDay).run(given);
      const lines = moneyAsCsv(given);
      const places = openOrTell();
      try {
        for await (const page of lines(places)) await Bun.write(Bun.stdout, page);
      } finally {
        await places.close();
      }
    },
  },
  doctor: {
    ...doctorCommand,
    async run({ flags }: ReadWords) {
      // loaded here, since both services come with it
      const { diagnose } = await import("./doctor.ts");
      const findings = await diagnose({ env: process.env, dataDir: dataDir(), root });
      console.log(flags["json"] ? JSON.stringify(findings, null, 2) : asLines(findings));
      return findings.some(({ level }) => level === "fault") ? 1 : 0;
    },
  },
  erase: {
    ...eraseCommand,
    async run(given: ReadWords) {
      print(await erase(given)({ env: process.env, dataDir: dataDir() }));
    },
  },
};

/** Parses the arguments before it opens anything, and prints the rows as a table. */
function withPlaces(spec: CommandSpec, read: Read) {
  return {
    ...spec,
    async run(given: ReadWords) {
      const act = read(given);
      const places = openOrTell();
      try {
        print(await asOperator(() => act(places)));
      } finally {
        await places.close();
      }
    },
  };
}

function print(rows: Rows): void {
  console.log(rows.length > 0 ? textTable(rows) : "None.");
}

function dataDir(): string {
  return dataDirIn(root, process.env);
}

function openOrTell(): Places {
  try {
    return openPlaces(process.env, dataDir());
  } catch (error) {
    throw error instanceof ConfigError ? new UserError(error.message) : error;
  }
}
