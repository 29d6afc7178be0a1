// Load and rivals run in separate processes, so that their CPU time is measured separately. A task
// is a file that reads its options as JSON from its first argument and prints its result as a line
// of JSON.

/** Runs a task to its end. @throws Error with its output when it fails */
export async function runTask<Options, Result>(
  file: string,
  options: Options,
): Promise<Result & { readonly cpuMicros: number }> {
  const child = Bun.spawn(
    [process.execPath, "--no-orphans", `${import.meta.dir}/../${file}`, JSON.stringify(options)],
    { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NODE_NO_WARNINGS: "1" } },
  );
  const [out, err, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const last = out.trim().split("\n").at(-1) ?? "";
  if (exitCode !== 0 || !last.startsWith("{"))
    throw new Error(`${file} ended with ${exitCode}: ${err || out}`);
  const cpuMicros = Number(child.resourceUsage()?.cpuTime.total ?? 0);
  return { ...(JSON.parse(last) as Result), cpuMicros };
}

/** The task's side: runs `work` with the options, prints its result and ends the process. */
export async function serveTask<Options, Result>(
  work: (options: Options) => Promise<Result>,
): Promise<never> {
  const result = await work(JSON.parse(process.argv[2] ?? "{}") as Options);
  await Bun.write(Bun.stdout, `${JSON.stringify(result)}\n`);
  process.exit(0);
}
