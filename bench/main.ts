import { wordsOrExit } from "@payflow/local-stack";

const benchmarks = ["orders", "relay", "webhooks"];
const { words } = wordsOrExit(
  {
    usage: `bun run bench [BENCHMARK …]

Runs the benchmarks on servers of their own, one after the other: ${benchmarks.join(", ")}.`,
    oneOf: benchmarks,
    wordsMax: benchmarks.length,
  },
  process.argv.slice(2),
);
for (const name of words.length > 0 ? words : benchmarks) {
  const run = Bun.spawn([process.execPath, `${import.meta.dir}/${name}.ts`], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const exitCode = await run.exited;
  if (exitCode !== 0) process.exit(exitCode);
}
