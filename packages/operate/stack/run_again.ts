/**
 * Runs this command again in a new process after packages were installed, because Bun would give this process packages
 * from its cache, without our patches. Returns its exit code. Built-in modules only.
 */
export async function runAgain(): Promise<number> {
  const child = Bun.spawn([process.execPath, "--no-orphans", ...process.argv.slice(1)], {
    stdio: ["inherit", "inherit", "inherit"],
    // a process group of its own, so that a terminal's Ctrl-C reaches it only once, through this process
    detached: true,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => child.kill(signal));
  return await child.exited;
}
