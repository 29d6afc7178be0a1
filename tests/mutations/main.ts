// `bun run mutations [TEXT]`: applies each mutation in a copy of the tree, and reports whether its test failed.
import { availableParallelism } from "node:os";
import { runProgram, UserError, wholeNumber, type Command } from "@payflow/local-stack";
import { startedKafka, startedPostgres } from "@payflow/local-stack/testing";
import { mutations } from "./mutations.ts";
import type { Mutation } from "./mutation.ts";
import { breakAndTest, unbrokenTests, type Verdict } from "./try_out.ts";
import { createWorkCopy } from "./work_copy.ts";

const command: Command = {
  summary: "Apply each mutation in a copy of the tree, and check that its test fails",
  about: "Fails when a test passes with its mutation, or fails without it.",
  words: [
    {
      name: "TEXT",
      about: "Only mutations whose rule, file or test contains TEXT",
      optional: true,
    },
  ],
  options: {
    jobs: {
      value: "N",
      about: "Concurrent mutations, each in its own copy; by default one per core, at most 4",
    },
    list: { about: "Only list the mutations" },
  },
  async run({ words: [wanted = ""], flags, values }) {
    const chosen = mutations.filter(({ rule, broken, file, killer }) =>
      [rule, broken, file, killer.file].some((text) => text.includes(wanted)),
    );
    if (chosen.length === 0) throw new UserError(`No rule, file or test contains "${wanted}".`);
    if (flags["list"]) {
      for (const mutation of chosen) console.log(described(mutation));
      return 0;
    }
    const cores = String(Math.min(4, availableParallelism()));
    const jobs = values["jobs"] ?? cores;
    return await breakAll(chosen, wholeNumber("jobs", jobs));
  },
};

await runProgram({ name: "bun run mutations", root: command }, process.argv.slice(2));

/** Returns exit code 0 when every mutation was noticed. */
async function breakAll(chosen: readonly Mutation[], jobs: number): Promise<number> {
  const startedAtMs = performance.now();
  const env = await serversFor(chosen);
  const queue = [...chosen];
  const unbroken = unbrokenTests();
  const unnoticed: { mutation: Mutation; verdict: Verdict }[] = [];
  let done = 0;
  await Promise.all(
    Array.from({ length: Math.min(jobs, chosen.length) }, async () => {
      const copy = await createWorkCopy();
      try {
        for (let next = queue.shift(); next; next = queue.shift()) {
          const begunAtMs = performance.now();
          const verdict = await breakAndTest(next, { copy, env, unbroken });
          const isNoticed = verdict === "noticed";
          if (!isNoticed) unnoticed.push({ mutation: next, verdict });
          console.log(
            `${++done}/${chosen.length} ${isNoticed ? "✓" : "✗"} ${verdict}: ${described(next)}, ${secondsSince(begunAtMs)} s`,
          );
        }
      } finally {
        await copy.remove();
      }
    }),
  );
  console.log("");
  for (const { mutation, verdict } of unnoticed)
    console.log(`✗ ${verdict}: ${described(mutation)}`);
  console.log(
    `${chosen.length - unnoticed.length} of ${chosen.length} mutations were noticed, in ${secondsSince(startedAtMs)} s`,
  );
  return unnoticed.length > 0 ? 1 : 0;
}

function described({ rule, broken, killer }: Mutation): string {
  return `${rule}: ${broken} (${killer.file})`;
}

/** One PostgreSQL and one Kafka for all tests that need them. */
async function serversFor(
  chosen: readonly Mutation[],
): Promise<Record<string, string | undefined>> {
  if (!chosen.some(({ killer }) => killer.file.includes("_integration_test"))) return process.env;
  const [postgres, kafka] = await Promise.all([startedPostgres(), startedKafka()]);
  return {
    ...process.env,
    PAYFLOW_TEST_POSTGRES: postgres.url,
    PAYFLOW_TEST_KAFKA: kafka.brokers.join(","),
  };
}

function secondsSince(ms: number): string {
  return ((performance.now() - ms) / 1000).toFixed(1);
}
