// The fields of manifests that the rules read.

export type Labels = Record<string, string>;

export type Selector = {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
};

export type Container = {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly {
    readonly configMapRef?: { readonly name: string };
    readonly secretRef?: { readonly name: string };
  }[];
  readonly resources?: { readonly requests?: Labels; readonly limits?: Labels };
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
} & Readonly<
  Partial<
    Record<"startupProbe" | "livenessProbe" | "readinessProbe", { httpGet?: { path: string } }>
  >
>;

export type Pod = {
  readonly automountServiceAccountToken?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly secret?: { readonly secretName: string };
    readonly configMap?: { readonly name: string };
  }[];
};

export type Policy = {
  readonly podSelector: Selector;
  readonly policyTypes: readonly ("Ingress" | "Egress")[];
  readonly ingress?: readonly { from?: readonly Peer[]; ports?: readonly PolicyPort[] }[];
  readonly egress?: readonly { to?: readonly Peer[]; ports?: readonly PolicyPort[] }[];
};
export type Peer = {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
};
export type PolicyPort = { readonly port: number | string };

export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; labels?: Labels };
  readonly spec?: {
    readonly selector?: Selector;
    readonly template?: { readonly metadata: { labels: Labels }; readonly spec: Pod };
  };
};

/** The pod of a Deployment, a StatefulSet or a Job. */
export const podOf = (manifest: Manifest): Pod | undefined => manifest.spec?.template?.spec;
export const labelsOf = (manifest: Manifest): Labels =>
  manifest.spec?.template?.metadata.labels ?? {};
export const containersOf = (manifest: Manifest): readonly Container[] =>
  podOf(manifest)?.containers ?? [];

export function matches(selector: Selector, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (operator !== "In") throw new Error(`Unsupported selector operator ${operator}`);
      return values.includes(labels[key] ?? "");
    })
  );
}
