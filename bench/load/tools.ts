// Well-known load generators, to check our own client: wrk where it is installed, autocannon from
// npm.
import { join } from "node:path";

export type ToolOutcome = {
  readonly perSecond: number;
  readonly p99: number;
  readonly errors: number;
  readonly cpuMicros: number;
};

type ToolLoad = {
  readonly url: string;
  readonly body: string;
  readonly connections: number;
  readonly forMs: number;
  /** For wrk's script. */
  readonly folder: string;
};

/** The tools accept only whole seconds. */
const secondsOf = (forMs: number) => Math.max(1, Math.round(forMs / 1000));

export async function runAutocannon(load: ToolLoad): Promise<ToolOutcome> {
  const { url, body, connections, forMs } = load;
  const program = join(import.meta.dir, "../../node_modules/autocannon/autocannon.js");
  const { out, cpuMicros } = await run([
    process.execPath,
    program,
    "--json",
    "--no-progress",
    `--connections=${connections}`,
    `--duration=${secondsOf(forMs)}`,
    "--method=POST",
    "--headers=Content-Type=application/json",
    `--body=${body}`,
    url,
  ]);
  const read = JSON.parse(out.slice(out.indexOf("{"))) as {
    duration: number;
    "2xx": number;
    non2xx: number;
    errors: number;
    latency: { p99: number };
  };
  return {
    perSecond: read["2xx"] / read.duration,
    p99: read.latency.p99,
    errors: read.non2xx + read.errors,
    cpuMicros,
  };
}

export const hasWrk = Bun.which("wrk") !== null;

export async function runWrk(load: ToolLoad): Promise<ToolOutcome> {
  const { url, body, connections, forMs, folder } = load;
  const script = join(folder, "post.lua");
  await Bun.write(
    script,
    [
      'wrk.method = "POST"',
      `wrk.body = ${JSON.stringify(body)}`,
      'wrk.headers["Content-Type"] = "application/json"',
    ].join("\n"),
  );
  const { out, cpuMicros } = await run([
    "wrk",
    "--latency",
    `--threads=${Math.min(2, connections)}`,
    `--connections=${connections}`,
    `--duration=${secondsOf(forMs)}s`,
    `--script=${script}`,
    url,
  ]);
  return { ...readWrk(out), cpuMicros };
}

/** @throws Error when the text is not wrk's summary */
export function readWrk(out: string): Omit<ToolOutcome, "cpuMicros"> {
  const perSecond = /^Requests\/sec: *([\d.]+)/m.exec(out)?.[1];
  const p99 = /^ *99% *([\d.]+)(us|ms|s)$/m.exec(out);
  if (perSecond === undefined || p99 === null) throw new Error(`wrk: ${out}`);
  const unit = { us: 0.001, ms: 1, s: 1000 }[p99[2] ?? "ms"] ?? 1;
  const errors = Number(/^ *Non-2xx or 3xx responses: *(\d+)/m.exec(out)?.[1] ?? 0);
  return { perSecond: Number(perSecond), p99: Number(p99[1]) * unit, errors };
}

async function run(command: string[]): Promise<{ out: string; cpuMicros: number }> {
  const child = Bun.spawn(command, { stdio: ["ignore", "pipe", "pipe"] });
  const [out, err, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (exitCode !== 0) throw new Error(`${command[0]} ended with ${exitCode}: ${err || out}`);
  return { out, cpuMicros: Number(child.resourceUsage()?.cpuTime.total ?? 0) };
}
