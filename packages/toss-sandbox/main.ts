import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { readConfig } from "./config.ts";
import { createTossSandbox } from "./mod.ts";

const words = process.argv.slice(2);
if (words.length > 0) {
  console.error(
    "The sandbox takes no arguments: environment variables set it up, and its README explains them.",
  );
  process.exit(words.includes("--help") || words.includes("-h") ? 0 : 2);
}
try {
  const { port, hostname, publicUrl, ...config } = readConfig(process.env);
  mkdirSync(dirname(config.databasePath), { recursive: true });
  const sandbox = createTossSandbox({
    ...config,
    publicUrl: () => publicUrl ?? `http://localhost:${server.port}`,
  });
  // A delayed response sends no bytes for a long time, so the idle limit is Bun's maximum.
  const server = Bun.serve({
    port,
    hostname,
    idleTimeout: 255,
    development: false,
    fetch: sandbox.fetch,
  });
  const address = publicUrl ?? `http://localhost:${server.port}`;
  console.log(`Toss sandbox on ${address}`);

  const stop = async () => {
    await server.stop(true);
    await sandbox.close();
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());
  process.once("SIGINT", () => void stop());
} catch (error) {
  console.error(sentence(error));
  process.exit(1);
}

function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const port = process.env["TOSS_SANDBOX_PORT"] || "9090";
  return "code" in error && error.code === "EADDRINUSE"
    ? `Port ${port} is in use: stop the process that listens on it, or set TOSS_SANDBOX_PORT to another port.`
    : error.message;
}
