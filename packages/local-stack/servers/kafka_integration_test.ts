import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
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

test("fetchKafkaJars() retries an interrupted download and leaves no partial file", async () => {
  const cache = kafkaCacheDir(process.env);
  const jars = mkdtempSync(join(tmpdir(), "payflow-jars-"));
  const all = readdirSync(cache).filter((name) => name.endsWith(".jar"));
  const missing = all.find((name) => name.startsWith("slf4j-api-")) as string;
  for (const name of all.filter((each) => each !== missing))
    symlinkSync(join(cache, name), join(jars, name));
  const abandoned = join(jars, "abandoned.jar.1.part");
  writeFileSync(abandoned, "half");
  utimesSync(abandoned, 0, 0);
  const whole = readFileSync(join(cache, missing));
  const paths: string[] = [];
  // Bun.serve cannot break a connection within a response, so this server is written by hand
  const server = Bun.listen({
    port: 0,
    hostname: "127.0.0.1",
    socket: {
      data(socket, request) {
        paths.push(request.toString().split(" ")[1] ?? "");
        const head = `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${whole.length}\r\n\r\n`;
        const body = paths.length === 1 ? whole.subarray(0, 1_000) : whole;
        socket.end(Buffer.concat([Buffer.from(head), body]));
      },
    },
  });
  try {
    await fetchKafkaJars(jars, { repository: `http://127.0.0.1:${server.port}/maven` });
    expect(readdirSync(jars).toSorted()).toEqual(all.toSorted());
    expect(readFileSync(join(jars, missing)).equals(whole)).toBe(true);
    const path = `/maven/org/slf4j/slf4j-api/${missing.slice(10, -4)}/${missing}`;
    expect(paths).toEqual([path, path]);
  } finally {
    server.stop(true);
    rmSync(jars, { recursive: true });
  }
});
