import { expect, test } from "bun:test";
import { join } from "node:path";
import { kafkaCacheDir, kafkaVersion, parseJars } from "./kafka_jars.ts";

const jars = parseJars(await Bun.file(join(import.meta.dir, "kafka_jars.tsv")).text());

test("parseJars() reads checksum, size and coordinates of each jar", () => {
  expect(jars).toHaveLength(45);
  for (const { sha256, bytes, coordinates, file } of jars) {
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes).toBeGreaterThan(0);
    expect(coordinates).toMatch(/^[\w.-]+:[\w.-]+:[\w.-]+$/);
    expect(file).toEndWith(".jar");
  }
  expect(jars.map(({ file }) => file)).toContain(`kafka_2.13-${kafkaVersion}.jar`);
});

test("kafkaCacheDir() follows XDG_CACHE_HOME", () => {
  const dir = kafkaCacheDir({ XDG_CACHE_HOME: "/cache" });
  expect(dir).toBe(`/cache/payflow/kafka-${kafkaVersion}`);
});
