// Builds the manifests with Kustomize itself, if kubectl is installed.
import { expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { folder } from "./manifests.ts";
import { schemaFaults } from "./schemas.ts";
import { containersOf, podOf, type Manifest } from "./workload.ts";

setDefaultTimeout(600_000);

const kubectl = Bun.which("kubectl");

async function build(path: string): Promise<Manifest[]> {
  const run = Bun.spawnSync([kubectl ?? "", "kustomize", path]);
  expect(run.stderr.toString()).toBe("");
  const manifests = Bun.YAML.parse(run.stdout.toString()) as Manifest[];
  for (const manifest of manifests)
    expect([manifest.metadata.name, await schemaFaults(manifest)]).toEqual([
      manifest.metadata.name,
      [],
    ]);
  return manifests;
}

const ofKind = (manifests: readonly Manifest[], kind: string) =>
  manifests.filter((manifest) => manifest.kind === kind).map(({ metadata }) => metadata.name);

test.skipIf(kubectl === null).each([
  ["overlays/single", 1, []],
  ["overlays/production", 3, ["order", "payment"]],
] as const)("kubectl kustomize builds %s", async (overlay, replicas, budgets) => {
  const built = await build(join(folder, overlay));
  const containers = built.flatMap(containersOf);
  expect(containers.length).toBeGreaterThan(3);
  for (const { image } of containers) expect(image).toMatch(/:\d[\w.]*$/);
  const maps = containers.flatMap(({ envFrom = [] }) =>
    envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []),
  );
  expect(ofKind(built, "ConfigMap")).toEqual(expect.arrayContaining(maps));
  expect(ofKind(built, "PodDisruptionBudget")).toEqual([...budgets]);
  const deployments = built.filter(({ kind }) => kind === "Deployment");
  expect(deployments.map(({ spec }) => (spec as { replicas?: number }).replicas)).toEqual([
    replicas,
    replicas,
  ]);
  const scraped = deployments.map((deployment) => podOf(deployment) && deployment.spec?.template);
  for (const template of scraped)
    expect("annotations" in (template?.metadata ?? {})).toBe(overlay === "overlays/production");
});

test.skipIf(kubectl === null)("the KEDA component replaces the autoscalers", async () => {
  const copy = mkdtempSync(join(tmpdir(), "payflow-keda-"));
  try {
    cpSync(folder, copy, { recursive: true });
    const file = join(copy, "overlays/production/kustomization.yaml");
    const text = await Bun.file(file).text();
    await Bun.write(
      file,
      text.replace("components:\n", "components:\n  - ../../components/keda\n"),
    );
    const built = await build(join(copy, "overlays/production"));
    expect(ofKind(built, "ScaledObject")).toEqual(["order", "payment"]);
    expect(ofKind(built, "HorizontalPodAutoscaler")).toEqual([]);
  } finally {
    rmSync(copy, { recursive: true });
  }
});
