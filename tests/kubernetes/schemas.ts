import type { Manifest } from "./workload.ts";

type Validated = { readonly prototype: { validate(): void } };

/**
 * A manifest's violations of Kubernetes' schemas (package kubernetes-models), and its unknown fields, which Kubernetes
 * would silently drop. The compiled schemas allow unknown fields, so a field is unknown when its schema does not read it.
 */
export async function schemaFaults(manifest: Manifest): Promise<string[]> {
  const { apiVersion, kind } = manifest;
  const models = apiVersion.startsWith("keda.sh/")
    ? "@kubernetes-models/keda"
    : "kubernetes-models";
  const { [kind]: model } = (await import(`${models}/${apiVersion}/${kind}`)) as Record<
    string,
    Validated
  >;
  if (model === undefined) return [`${kind} is not known`];
  const unread = new Set<string>();
  try {
    model.prototype.validate.call(watched(manifest, "", unread));
  } catch (error) {
    return [String((error as Error).message)];
  }
  return [...unread].map((path) => `${path} is not known`);
}

/** A proxy of the value that keeps the paths that were not read in `unread`. */
function watched<T>(value: T, path: string, unread: Set<string>): T {
  if (typeof value !== "object" || value === null) return value;
  const inner = new Map<PropertyKey, unknown>();
  for (const [name, field] of Object.entries(value)) {
    const place = `${path}/${name}`;
    unread.add(place);
    inner.set(name, watched(field, place, unread));
  }
  return new Proxy(value, {
    get(target, name, receiver) {
      unread.delete(`${path}/${String(name)}`);
      return inner.has(name) ? inner.get(name) : Reflect.get(target, name, receiver);
    },
  });
}
