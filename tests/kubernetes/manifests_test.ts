import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOrderConfig } from "@payflow/order";
import { readPaymentConfig } from "@payflow/payment";
import { healthRoutes, secretVariables } from "@payflow/shared/http";
import {
  collect,
  environmentOf,
  folder,
  kustomizations,
  manifestFiles,
  readKustomization,
  readManifests,
  settingsOf,
} from "./manifests.ts";
import { isAllowed, type End } from "./network.ts";
import { schemaFaults } from "./schemas.ts";
import { containersOf, labelsOf, matches, podOf, type Manifest } from "./workload.ts";

const overlays = ["overlays/single", "overlays/production"] as const;
const single = await collect("overlays/single");
const production = await collect("overlays/production");
const all = [...single, ...production];
const workloads = all.filter((manifest) => podOf(manifest) !== undefined);
const ours = workloads.filter(({ metadata }) => /order|payment/.test(metadata.name));
const named = (manifests: readonly Manifest[], kind: string, name: string) =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);
const root = join(folder, "..", "..");
const readme = await Bun.file(join(folder, "README.md")).text();

describe("schemas", () => {
  test.each(manifestFiles())(
    "%s conforms to Kubernetes' schemas, without unknown fields",
    async (file) => {
      const manifests = await readManifests(file);
      expect(manifests.length).toBeGreaterThan(0);
      for (const manifest of manifests)
        expect([manifest.metadata.name, await schemaFaults(manifest)]).toEqual([
          manifest.metadata.name,
          [],
        ]);
    },
  );

  test("schemaFaults() finds a misspelled field and a value of a wrong type", async () => {
    const deployment = () =>
      structuredClone(named(production, "Deployment", "order")) as unknown as {
        spec: { replicas: unknown; template: { spec: { containers: Record<string, unknown>[] } } };
      };
    const faultsOf = (manifest: unknown) => schemaFaults(manifest as Manifest);
    const misspelled = deployment();
    Object.assign(misspelled.spec.template.spec.containers[0] ?? {}, { livenesProbe: {} });
    expect(await faultsOf(misspelled)).toEqual([
      "/spec/template/spec/containers/0/livenesProbe is not known",
    ]);
    const mistyped = deployment();
    mistyped.spec.replicas = "two";
    expect(await faultsOf(mistyped)).toEqual([expect.stringContaining("/spec/replicas")]);
  });
});

describe("kustomizations", () => {
  test("each names existing files and folders, and patches existing kinds", async () => {
    for (const path of kustomizations()) {
      const kustomization = await readKustomization(path);
      const { resources = [], components = [], configMapGenerator = [] } = kustomization;
      const files = configMapGenerator.flatMap(({ envs = [], files: given = [] }) => [
        ...envs,
        ...given,
      ]);
      for (const part of [...resources, ...components, ...files])
        expect([path, part, existsSync(join(folder, path, part))]).toEqual([path, part, true]);
      for (const { target } of kustomization.patches ?? []) {
        const among = kustomization.kind === "Component" ? production : await collect(path);
        const name = new RegExp(`^${target.name ?? ".*"}$`);
        const hit = among.filter((one) => one.kind === target.kind && name.test(one.metadata.name));
        expect([path, target, hit.length > 0]).toEqual([path, target, true]);
      }
    }
  });

  test("each overlay sets a fixed version for every image", async () => {
    for (const overlay of overlays) {
      const { images = [] } = await readKustomization(overlay);
      const used = (await collect(overlay)).flatMap(containersOf).map(({ image }) => image);
      expect([...new Set(used)].sort()).toEqual(images.map(({ name }) => name).sort());
      for (const { newTag, digest } of images) expect(digest ?? newTag).toMatch(/\d/);
    }
  });
});

describe("workloads", () => {
  test("none runs as root, has capabilities, a writable root file system or a service account token", () => {
    expect(workloads.length).toBeGreaterThan(9);
    for (const manifest of workloads) {
      const { kind, metadata } = manifest;
      const pod = podOf(manifest);
      const about = `${kind} ${metadata.name}`;
      expect([about, pod?.automountServiceAccountToken]).toEqual([about, false]);
      expect(pod?.securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: "RuntimeDefault" },
      });
      for (const { securityContext, resources, name } of containersOf(manifest)) {
        expect(securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          // Kafka's entry point writes its settings into its program folder
          ...(name === "kafka" ? {} : { readOnlyRootFilesystem: true }),
        });
        expect(resources).toMatchObject({
          requests: { cpu: expect.any(String), memory: expect.any(String) },
          limits: { memory: expect.any(String) },
        });
      }
    }
  });

  test("probes call existing routes", () => {
    const routes = healthRoutes({ needed: {}, isStopping: () => false }).routes.map(
      ({ path }) => path,
    );
    for (const deployment of ours.filter(({ kind }) => kind === "Deployment"))
      for (const { startupProbe, livenessProbe, readinessProbe } of containersOf(deployment)) {
        expect(routes).toContain(startupProbe?.httpGet?.path ?? "none");
        expect(routes).toContain(livenessProbe?.httpGet?.path ?? "none");
        expect(livenessProbe?.httpGet?.path).toBe("/healthz");
        expect(readinessProbe?.httpGet?.path).toBe("/readyz");
      }
  });

  test("the grace period is longer than DRAIN_MS plus the limits for requests and loops", async () => {
    const serve = await Bun.file(join(root, "packages/shared/http/serve.ts")).text();
    const limit = (name: string) =>
      Number(new RegExp(`${name} = ([\\d_]+);`).exec(serve)?.[1]?.replaceAll("_", ""));
    const ownMs = limit("requestsLimitMs") + limit("stopLimitMs");
    for (const overlay of overlays) {
      const drainMs = Number((await settingsOf(overlay))["DRAIN_MS"]);
      for (const deployment of ours.filter(({ kind }) => kind === "Deployment"))
        expect(1_000 * (podOf(deployment)?.terminationGracePeriodSeconds ?? 0)).toBeGreaterThan(
          drainMs + ownMs,
        );
    }
  });
});

describe("settings", () => {
  const secrets = mkdtempSync(join(tmpdir(), "payflow-manifests-"));
  afterAll(() => rmSync(secrets, { recursive: true }));
  const values: Record<string, string> = {
    DATABASE_URL: "postgres://payflow@db.internal/order",
  };
  for (const name of secretVariables)
    writeFileSync(join(secrets, name), `${values[name] ?? crypto.randomUUID()}\n`);

  test.each(overlays)(
    "the services of %s accept their settings, and every setting is used",
    async (overlay) => {
      const manifests = await collect(overlay);
      // the client key's mode: Toss's keys work only in pairs
      const mode = (await settingsOf(overlay))["TOSS_CLIENT_KEY"]?.slice(0, 4);
      writeFileSync(join(secrets, "TOSS_SECRET_KEY"), `${mode}_sk_aVcLmXBzJ3Nq8s2KpR7tWdYg\n`);
      for (const [name, read] of [
        ["order", readOrderConfig],
        ["payment", readPaymentConfig],
      ] as const) {
        const deployment = named(manifests, "Deployment", name) as Manifest;
        const env = await environmentOf(overlay, deployment);
        for (const variable of Object.keys(env).filter(
          (one) => one.endsWith("_FILE") && one !== "SHOP_FILE",
        ))
          env[variable] = env[variable]?.replace("/run/secrets/payflow", secrets) ?? "";
        expect(() => read(env)).not.toThrow();
        const known = await Promise.all(
          [
            "packages/shared/http/config.ts",
            `packages/order/config.ts`,
            `packages/payment/config.ts`,
          ].map((file) => Bun.file(join(root, file)).text()),
        );
        const unknown = Object.keys(env)
          .map((variable) => (variable === "SHOP_FILE" ? variable : variable.replace(/_FILE$/, "")))
          .filter((variable) => !known.some((text) => text.includes(`"${variable}"`)));
        expect(unknown).toEqual([]);
        const job = named(manifests, "Job", `migrate-${name}`) as Manifest;
        expect(await environmentOf(overlay, job)).toEqual({
          MIGRATE: "only",
          DATABASE_URL_FILE: "/run/secrets/payflow/DATABASE_URL",
        });
        expect(containersOf(job)[0]?.args).toEqual(containersOf(deployment)[0]?.args as string[]);
        expect(existsSync(join(root, containersOf(job)[0]?.args?.[1] ?? ""))).toBe(true);
        expect(env["MIGRATE"]).toBe("off");
      }
    },
  );

  test("no manifest contains a secret; each comes from a Secret that the README creates", async () => {
    const given = await Promise.all(
      overlays.map(async (overlay) => [
        ...Object.keys(await settingsOf(overlay)),
        ...(await collect(overlay))
          .flatMap(containersOf)
          .flatMap(({ env = [] }) => env.map(({ name }) => name)),
      ]),
    );
    expect(
      given.flat().filter((name) => (secretVariables as readonly string[]).includes(name)),
    ).toEqual([]);
    expect(all.filter(({ kind }) => kind === "Secret")).toEqual([]);
    for (const manifest of ours) {
      for (const { secret } of podOf(manifest)?.volumes ?? []) {
        if (secret === undefined) continue;
        const [, made = ""] =
          new RegExp(`secret generic ${secret.secretName} ([^]*?[^\\\\])\n`).exec(readme) ?? [];
        const files = containersOf(manifest)
          .flatMap(({ env = [] }) => env)
          .flatMap(({ value }) => /^\/run\/secrets\/payflow\/(.+)$/.exec(value ?? "")?.[1] ?? []);
        expect(files.length).toBeGreaterThan(0);
        const keys = [...made.matchAll(/--from-(?:literal|file)=([A-Z_]+)/g)].map(
          ([, key]) => key ?? "",
        );
        expect([secret.secretName, keys.sort()]).toEqual([secret.secretName, files.sort()]);
      }
    }
  });
});

describe("network policies", () => {
  const pod = (name: string): End => ({
    labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "payflow" },
  });
  const ingress: End = { labels: {}, namespace: "ingress-nginx" };
  const prometheus: End = {
    labels: { "app.kubernetes.io/name": "prometheus" },
    namespace: "monitoring",
  };
  const elsewhere: End = { labels: {}, namespace: "default" };
  const internet: End = { ip: "203.0.113.7" };
  const ports = { order: ["http", 8080], payment: ["http", 8081] };

  test("each selects existing pods", () => {
    for (const manifests of [single, production]) {
      const pods = manifests.map(labelsOf);
      for (const { kind, metadata, spec } of manifests) {
        if (kind !== "NetworkPolicy") continue;
        const { podSelector } = spec as unknown as { podSelector: Parameters<typeof matches>[0] };
        expect([metadata.name, pods.some((labels) => matches(podSelector, labels))]).toEqual([
          metadata.name,
          true,
        ]);
      }
    }
  });

  test.each([
    ["single", single],
    ["production", production],
  ] as const)(
    "in %s only order reaches payment, and only the ingress controller reaches order",
    (name, manifests) => {
      const others = ["migrate-order", "migrate-payment", "postgres", "kafka", "payment"];
      expect(isAllowed(manifests, pod("order"), pod("payment"), ports.payment)).toBe(true);
      expect(isAllowed(manifests, ingress, pod("order"), ports.order)).toBe(true);
      for (const from of [...others.map(pod), ingress, elsewhere, internet])
        expect(isAllowed(manifests, from, pod("payment"), ports.payment)).toBe(false);
      for (const from of [...others.map(pod), elsewhere, internet])
        expect(isAllowed(manifests, from, pod("order"), ports.order)).toBe(false);
      for (const to of ["order", "payment"] as const)
        expect(isAllowed(manifests, prometheus, pod(to), ports[to])).toBe(name === "production");
    },
  );

  test.each([
    ["single", single, pod("postgres"), pod("kafka"), 9092],
    ["production", production, { ip: "10.20.0.5" }, { ip: "10.30.0.5" }, 9093],
  ] as const)(
    "in %s the services reach databases, Kafka and https; migrations reach only databases",
    (_, manifests, database, kafka, kafkaPort) => {
      const reach = (from: string, to: End, port: number) =>
        isAllowed(manifests, pod(from), to, [port]);
      for (const from of ["order", "payment", "migrate-order", "migrate-payment"]) {
        expect([from, reach(from, database, 5432)]).toEqual([from, true]);
        expect([from, reach(from, kafka, kafkaPort)]).toEqual([from, !from.startsWith("migrate")]);
        // payment calls Toss, and order sends webhooks to the shop's servers
        expect([from, reach(from, internet, 443)]).toEqual([from, !from.startsWith("migrate")]);
        expect([from, reach(from, internet, 80)]).toEqual([from, false]);
        expect([from, reach(from, { ip: "10.99.0.1" }, 443)]).toEqual([from, false]);
      }
      expect(isAllowed(manifests, ingress, database, [5432])).toBe("ip" in database);
    },
  );
});
