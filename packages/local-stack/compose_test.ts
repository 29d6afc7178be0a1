import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..");
const compose = Bun.YAML.parse(
  await Bun.file(join(root, "compose.yaml")).text(),
) as {
  services: Record<
    string,
    {
      command?: string[];
      healthcheck?: { test: string[] };
      depends_on?: Record<string, { condition: string }>;
      ports?: string[];
    }
  >;
};
const services = Object.entries(compose.services);

test("compose.yaml has all parts, each with a health check", () => {
  expect(services.map(([name]) => name).sort()).toEqual([
    "kafka",
    "order",
    "payment",
    "postgres",
    "sandbox",
  ]);
  for (const [name, { healthcheck }] of services) {
    expect([name, healthcheck?.test[0]]).toEqual([name, "CMD"]);
  }
});

test("compose.yaml starts files that are there, after parts that are there", () => {
  for (const [, { command, depends_on }] of services) {
    if (command) expect(existsSync(join(root, command[1] ?? ""))).toBe(true);
    for (const [part, { condition }] of Object.entries(depends_on ?? {})) {
      expect(compose.services[part]).toBeDefined();
      expect(condition).toBe("service_healthy");
    }
  }
});

test("compose.yaml opens ports to this machine only", () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports.length).toBeGreaterThan(0);
  expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
});

test("the Dockerfile copies the manifest of every package", async () => {
  const dockerfile = await Bun.file(join(root, "Dockerfile")).text();
  const manifests = new Bun.Glob("{packages/*,ui}/package.json");
  for (const path of manifests.scanSync({ cwd: root })) {
    expect(dockerfile).toContain(
      `COPY ${path} ${path.replace("package.json", "")}`,
    );
  }
});

const docker = (...args: string[]) =>
  Bun.spawnSync(["docker", "compose", ...args], { cwd: root, timeout: 30_000 });
const hasCompose =
  Bun.which("docker") !== null && docker("version").exitCode === 0;

// Not skipped where there is no client: the tests above hold everywhere.
if (hasCompose) {
  test("docker compose config accepts compose.yaml", () => {
    const run = docker("config", "--quiet");
    expect(run.stderr.toString()).toBe("");
    expect(run.exitCode).toBe(0);
  });
}
