import { expect } from "bun:test";
import type { TestStack } from "./stack.ts";

type Row = Readonly<Record<string, unknown>>;

/** The output of `bun run reconcile --json`: a list, or one order's state. */
export async function reconcile<Printed = readonly Row[]>(
  stack: TestStack,
  ...words: string[]
): Promise<Printed> {
  const main = `${import.meta.dir}/../packages/operate/main.ts`;
  const child = Bun.spawn([process.execPath, main, "reconcile", ...words, "--json"], {
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
  return JSON.parse(text) as Printed;
}
