import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { UserError } from "@payflow/local-stack";
import { runPayflow } from "../testing/mod.ts";

setDefaultTimeout(600_000);

describe("a Kafka that", () => {
  const topics = async (env: Record<string, string>) => {
    const output = await runPayflow(["kafka", "topics"], env).catch((error: unknown) => error);
    expect(output).toBeInstanceOf(UserError);
    return (output as UserError).message;
  };
  /** Accepts connections and keeps the first bytes received. */
  function listen() {
    const first = Promise.withResolvers<Uint8Array>();
    const socket = { data: (_: unknown, data: Buffer) => first.resolve(data) };
    const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket });
    const env = { KAFKA_BROKERS: `127.0.0.1:${server.port}` };
    return { server, env, first: first.promise };
  }

  test("is missing or does not respond is reported in one sentence", async () => {
    const { server, env } = listen();
    const output = await Promise.all([topics(env), topics({ KAFKA_BROKERS: "127.0.0.1:1" })]);
    for (const message of output)
      expect(message).toMatch(/^Kafka on 127.0.0.1:\d+ does not answer/);
    server.stop(true);
  });

  test("requires TLS is called by TLS, and incomplete SASL settings are rejected", async () => {
    const { server, env, first } = listen();
    const listed = topics({ ...env, KAFKA_TLS: "true" });
    // a TLS handshake begins with the byte 22
    expect((await first)[0]).toBe(22);
    server.stop(true);
    await listed;
    expect(await topics({ ...env, KAFKA_SASL_USERNAME: "me" })).toContain("go together");
  });
});
