import { matches, type Labels, type Manifest, type Peer, type Policy } from "./workload.ts";

/** A pod by its labels, or an address outside the cluster. */
export type End =
  { readonly labels: Labels; readonly namespace?: string } | { readonly ip: string };

/**
 * Whether the policies allow a connection: each end that a policy selects needs a rule that allows it.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 * @param ports the port's number and name; a rule may use either
 */
export function isAllowed(
  manifests: readonly Manifest[],
  from: End,
  to: End,
  ports: readonly (number | string)[],
): boolean {
  const policies = manifests
    .filter(({ kind }) => kind === "NetworkPolicy")
    .map(({ spec }) => spec as unknown as Policy);
  const side = (direction: "Ingress" | "Egress", own: End, other: End): boolean => {
    if ("ip" in own || own.namespace !== undefined) return true;
    const mine = policies.filter(
      (policy) => policy.policyTypes.includes(direction) && matches(policy.podSelector, own.labels),
    );
    if (mine.length === 0) return true;
    const rules = mine.flatMap((policy) =>
      direction === "Ingress"
        ? (policy.ingress ?? []).map((rule) => ({ peers: rule.from, ports: rule.ports }))
        : (policy.egress ?? []).map((rule) => ({ peers: rule.to, ports: rule.ports })),
    );
    return rules.some(
      (rule) =>
        (rule.peers === undefined || rule.peers.some((peer) => isPeer(peer, other))) &&
        (rule.ports === undefined || rule.ports.some(({ port }) => ports.includes(port))),
    );
  };
  return side("Egress", from, to) && side("Ingress", to, from);
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, end: End): boolean {
  if ("ip" in end) {
    const { cidr = "", except = [] } = ipBlock ?? {};
    return isIn(end.ip, cidr) && !except.some((network) => isIn(end.ip, network));
  }
  if (ipBlock !== undefined) return false;
  const inNamespace =
    namespaceSelector === undefined
      ? end.namespace === undefined
      : matches(namespaceSelector, { "kubernetes.io/metadata.name": end.namespace ?? "payflow" });
  return inNamespace && (podSelector === undefined || matches(podSelector, end.labels));
}

function isIn(ip: string, network: string): boolean {
  const [base = "", bits = "33"] = network.split("/");
  const size = 2 ** (32 - Number(bits));
  return network !== "" && Math.floor(numberOf(ip) / size) === Math.floor(numberOf(base) / size);
}

const numberOf = (ip: string) => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
