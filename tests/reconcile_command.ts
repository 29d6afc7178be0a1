import { expect } from "bun:test";
import type { TestStack } from "./stack.ts";

/** What `bun run reconcile` prints, row by row without its frame. */
export async function reconcile(stack: TestStack, ...words: string[]): Promise<string[][]> {
  const main = `${import.meta.dir}/../packages/operate/main.ts`;
  const child = Bun.spawn([process.execPath, main, "reconcile", ...words], {
    env: {
      ...process.env,
      ORDER_DATABASE_URL: stack.databases.order,
      PAYMENT_DATABASE_URL: stack.databases.payment,
      KAFKA_BROKERS: "127.0.0.1:1",
    },
    stdout: "pipe",
  });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  const lines = text.trim().split("\n");
  return lines.map((line) => line.split("│").map((cell) => cell.trim()));
}
