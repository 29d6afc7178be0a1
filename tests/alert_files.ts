import { join } from "node:path";

const deploy = join(import.meta.dir, "../deploy");

export type Alert = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: { readonly summary: string; readonly runbook: string };
};

/** The alerts of deploy/prometheus/alerts.yaml. */
export async function readAlerts(): Promise<Alert[]> {
  const text = await Bun.file(join(deploy, "prometheus/alerts.yaml")).text();
  const { groups } = Bun.YAML.parse(text) as { groups: { rules: Alert[] }[] };
  return groups.flatMap(({ rules }) => rules);
}

/** The expressions of Grafana's dashboard, with their panels' titles. */
export async function readDashboard(): Promise<{ title: string; expr: string }[]> {
  const dashboard = (await Bun.file(join(deploy, "grafana/payflow.json")).json()) as {
    panels: { title: string; targets?: { expr: string }[] }[];
  };
  return dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ title, expr })),
  );
}
