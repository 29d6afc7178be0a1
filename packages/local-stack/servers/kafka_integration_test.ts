import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "../supervise/free_port.ts";
import { findJava, javaEnvironment } from "./java.ts";
import { startKafka, type KafkaBroker } from "./kafka.ts";
import { fetchKafkaJars, kafkaCacheDir } from "./kafka_jars.ts";

setDefaultTimeout(600_000);

/** Separators of Kafka's lists, class paths and archive lists, and letters outside the C locale. */
const oddName = "가게, 2:3 #%20*'\\";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), `payflow-${oddName}-`));
  await fetchKafkaJars(kafkaCacheDir(process.env), {
    repository: process.env["PAYFLOW_MAVEN_REPOSITORY"],
  });
  // a cache folder of that name, linked to the real one
  symlinkSync(dirname(kafkaCacheDir(process.env)), join(folder, "payflow"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A JAVA_HOME with such letters in its path. */
function oddJava(): string {
  const path = findJava(process.env)?.path ?? "";
  const home = Bun.spawnSync([path, "-XshowSettings:properties", "-version"], {
    env: javaEnvironment(process.env),
  })
    .stderr.toString()
    .match(/java\.home = (.+)/)?.[1];
  const link = join(folder, "자바");
  if (!existsSync(link)) symlinkSync(home ?? "", link);
  return link;
}

async function start(dataDir: string): Promise<KafkaBroker> {
  return startKafka({
    dataDir,
    port: await freePort(),
    controllerPort: await freePort(),
    env: { PATH: process.env["PATH"], LC_ALL: "C", XDG_CACHE_HOME: folder, JAVA_HOME: oddJava() },
  });
}

test("startKafka() takes any letter in the paths of its folder, the cache and Java", async () => {
  const dataDir = join(folder, "kafka");
  const first = await start(dataDir);
  await first.stop();
  expect(existsSync(join(dataDir, "log/meta.properties"))).toBe(true);
  // a restart on the first broker's data
  const second = await start(dataDir);
  await second.stop();
});

test("startKafka() reports in one line why Kafka does not start", async () => {
  const dataDir = join(folder, "damaged");
  mkdirSync(join(dataDir, "log"), { recursive: true });
  writeFileSync(
    join(dataDir, "log/meta.properties"),
    "version=1\nnode.id=7\ncluster.id=another\ndirectory.id=BiL-GHWCSHmDFSn6FgnScQ\n",
  );
  const message = await start(dataDir).then(
    () => "it started",
    (error: Error) => error.message,
  );
  expect(message).toContain(`Kafka did not start on ${dataDir}: Stored node id`);
  expect(message).not.toContain("SLF4J");
  expect(message).not.toContain("\n");
});
