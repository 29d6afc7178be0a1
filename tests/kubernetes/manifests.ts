// A part of Kustomize for deploy/k8s: the documents of an overlay, its resources and its components. Patches, image names
// and replica counts are not applied.
import { dirname, join } from "node:path";
import { containersOf, type Manifest } from "./workload.ts";

export const folder = join(import.meta.dir, "..", "..", "deploy", "k8s");

export type Kustomization = {
  readonly kind: "Kustomization" | "Component";
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly labels?: readonly { readonly pairs: Record<string, string> }[];
  readonly images?: readonly { name: string; newName?: string; newTag?: string; digest?: string }[];
  readonly configMapGenerator?: readonly { name: string; envs?: string[]; files?: string[] }[];
  readonly patches?: readonly { readonly target: { kind: string; name?: string } }[];
};

export async function readKustomization(path: string): Promise<Kustomization> {
  const text = await Bun.file(join(folder, path, "kustomization.yaml")).text();
  return Bun.YAML.parse(text) as Kustomization;
}

/** All YAML documents of a file. */
export async function readManifests(path: string): Promise<Manifest[]> {
  const parsed = Bun.YAML.parse(await Bun.file(join(folder, path)).text()) as Manifest | Manifest[];
  return [parsed].flat();
}

/** The documents of a kustomization, with its labels on each document and each pod template. */
export async function collect(path: string): Promise<Manifest[]> {
  const { resources = [], components = [], labels = [] } = await readKustomization(path);
  const parts = await Promise.all(
    [...resources, ...components].map((part) =>
      part.endsWith(".yaml") ? readManifests(join(path, part)) : collect(join(path, part)),
    ),
  );
  const pairs = Object.assign({}, ...labels.map((label) => label.pairs));
  return parts.flat().map((manifest) => labelled(manifest, pairs));
}

function labelled(manifest: Manifest, pairs: Record<string, string>): Manifest {
  const copy = structuredClone(manifest);
  copy.metadata.labels = { ...copy.metadata.labels, ...pairs };
  const template = copy.spec?.template?.metadata;
  if (template) template.labels = { ...template.labels, ...pairs };
  return copy;
}

/** All manifest files under deploy/k8s, without kustomizations. */
export function manifestFiles(): string[] {
  const files = [...new Bun.Glob("**/*.yaml").scanSync(folder)];
  return files.filter((file) => !file.endsWith("kustomization.yaml")).sort();
}

/** All folders with a kustomization. */
export function kustomizations(): string[] {
  return [...new Bun.Glob("**/kustomization.yaml").scanSync(folder)].map(dirname).sort();
}

/** The environment of a workload's container: the overlay's settings, then its own variables. */
export async function environmentOf(
  overlay: string,
  workload: Manifest,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const container of containersOf(workload)) {
    if (container.envFrom?.some(({ configMapRef }) => configMapRef?.name === "payflow"))
      Object.assign(env, await settingsOf(overlay));
    for (const { name, value } of container.env ?? []) env[name] = value ?? "";
  }
  return env;
}

export async function settingsOf(overlay: string): Promise<Record<string, string>> {
  const text = await Bun.file(join(folder, overlay, "settings.env")).text();
  const lines = text.split("\n").filter((line) => /^[A-Z]/.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
