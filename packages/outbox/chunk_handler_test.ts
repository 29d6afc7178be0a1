import { expect, test } from "bun:test";
import type { KafkaMessage } from "kafkajs";
import { UnavailableError } from "@payflow/database";
import { silentLog } from "@payflow/database/testing";
import { createChunkHandler, type HandlerOptions } from "./chunk_handler.ts";

test("handleChunk() logs one warning for an outage of the database, however many messages wait for it", async () => {
  let attempts = 0;
  let warnings = 0;
  const { handleChunk } = createChunkHandler({
    db: {} as HandlerOptions["db"],
    signatures: { isSigned: () => true },
    log: { ...silentLog, warn: () => warnings++ },
    async handle() {
      attempts++;
      throw new UnavailableError("database_unavailable");
    },
  });
  const chunk = ["a", "b", "c"].map((key, offset) => ({
    key: Buffer.from(key),
    value: Buffer.from("{}"),
    offset: String(offset),
    timestamp: "0",
  }));
  const batch = {
    topic: "OrderCreated",
    partition: 0,
    isOurs: () => attempts < 30,
    leaving: AbortSignal.abort(),
  };
  expect(await handleChunk(batch, chunk as unknown as KafkaMessage[])).toBe(false);
  expect(attempts).toBeGreaterThanOrEqual(30);
  expect(warnings).toBe(1);
});
