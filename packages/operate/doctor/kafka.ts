import { ConfigResourceTypes } from "kafkajs";
import { connectKafka, type KafkaSettings } from "@payflow/outbox";
import { orderEventTypes, paymentEventTypes } from "@payflow/shared";
import { silentLog } from "@payflow/shared/http";
import { fault, fine, reasonOf, warning, withinLimit, type Finding } from "./finding.ts";

/** Retention of inbox rows: a message that Kafka keeps longer could take effect twice. */
const inboxDays = 30;

/** Checks whether Kafka responds, has the topics, and keeps messages no longer than the inbox keeps ids. */
export async function kafkaFindings(settings: KafkaSettings): Promise<Finding[]> {
  const admin = connectKafka(settings, silentLog).admin({ retry: { retries: 0 } });
  try {
    return await withinLimit(inspect(settings, admin), "the check");
  } catch (error) {
    const login = settings.sasl ? " and the login in KAFKA_SASL_… is right" : "";
    return [
      fault(
        "Kafka",
        `does not respond as expected on ${settings.brokers.join(",")} (${reasonOf(error)})`,
        `Check that it runs${login}.`,
      ),
    ];
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

async function inspect(
  { prefix = "" }: KafkaSettings,
  admin: ReturnType<ReturnType<typeof connectKafka>["admin"]>,
): Promise<Finding[]> {
  await admin.connect();
  const { brokers } = await admin.describeCluster();
  const findings = [
    fine(
      "Kafka",
      `${brokers.length} ${brokers.length === 1 ? "broker answers" : "brokers answer"}`,
    ),
  ];
  const wanted = [...orderEventTypes, ...paymentEventTypes].map((name) => prefix + name);
  const there = new Set(await admin.listTopics());
  const missing = wanted.filter((name) => !there.has(name));
  if (missing.length > 0)
    findings.push(
      fault(
        "Kafka's topics",
        `${missing.join(", ")} are missing`,
        "Start the services: each creates the topics that it publishes to, where it may.",
      ),
    );
  const present = wanted.filter((name) => there.has(name));
  if (present.length === 0) return findings;
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: present.map((name) => ({
      type: ConfigResourceTypes.TOPIC,
      name,
      configNames: ["retention.ms", "cleanup.policy"],
    })),
  });
  const valueOf = (entries: readonly { configName: string; configValue: string }[], name: string) =>
    entries.find(({ configName }) => configName === name)?.configValue ?? "";
  const tooLong = resources.filter(({ configEntries }) => {
    const keptMs = Number(valueOf(configEntries, "retention.ms"));
    return keptMs < 0 || keptMs > inboxDays * 24 * 3_600_000;
  });
  const compacted = resources.filter(({ configEntries }) =>
    valueOf(configEntries, "cleanup.policy").includes("compact"),
  );
  if (tooLong.length > 0)
    findings.push(
      warning(
        "Kafka's topics",
        `${names(tooLong)} keep messages longer than ${inboxDays} days`,
        `Set retention.ms to less: inboxes keep message ids for ${inboxDays} days, so an older message could take effect twice.`,
      ),
    );
  if (compacted.length > 0)
    findings.push(
      fault(
        "Kafka's topics",
        `${names(compacted)} are compacted: events are lost`,
        "Set cleanup.policy to delete.",
      ),
    );
  return findings.length > 1
    ? findings
    : [...findings, fine("Kafka's topics", `all ${wanted.length} exist`)];
}

const names = (resources: readonly { resourceName: string }[]) =>
  resources.map(({ resourceName }) => resourceName).join(", ");
