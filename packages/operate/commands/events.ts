import type { Command, CommandGroup, Option } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";

const services = ["order", "payment"];
const service = { name: "SERVICE", oneOf: services };
const yes: Option = { about: "Skips the prompt, for scripts" };

/** Commands about messages: outbox, dead letters, Kafka. */
export function eventCommands(context: Context): Record<string, Command | CommandGroup> {
  const topic = "Events";
  const outbox = () => import("../outbox.ts");
  const letters = () => import("../dead_letters.ts");
  const topics = () => import("../kafka/topics.ts");
  return {
    outbox: {
      summary: "Show unpublished events, or publish events again",
      topic,
      about: "Consumers are idempotent, so publishing an event again is safe.",
      commands: {
        status: {
          summary: "Show the number of unpublished events, and the age of the oldest",
          fields: "service, waiting, oldestSeconds, writtenLastHour, relays",
          run: later(context, async () => (await outbox()).outboxStatus),
        },
        retry: {
          summary: "Publish these events again",
          words: [{ name: "EVENT_ID", many: true }],
          fields: "service, toPublishAgain",
          examples: [["01a2057e-dd67-73d9-b419-d33e1d57ba22", "Publish one event again"]],
          run: later(context, async () => (await outbox()).retryEvents),
        },
        republish: {
          summary: "Publish all events again that were written since a time",
          options: {
            since: {
              value: "TIME",
              about: "2026-11-25, 2026-11-25T09:00:00+09:00, 30m, 24h, 7d",
              required: true,
            },
            topic: { value: "NAME", about: "Only events of this topic" },
          },
          fields: "service, toPublishAgain",
          examples: [
            [
              "--since 2026-11-25T00:00:00Z --topic OrderConfirmed",
              "All confirmations since a time",
            ],
          ],
          run: later(context, async () => (await outbox()).republish),
        },
      },
    },
    "dead-letters": {
      summary: "Show, replay or discard messages that could not be handled",
      topic,
      about:
        "A message whose handling fails three times with a permanent error becomes a dead letter, and its value is kept unchanged. Replay it after its cause is fixed.",
      commands: {
        list: {
          summary: "List the messages that could not be handled, newest first",
          about: "Replayed and discarded ones are listed only with --all.",
          options: {
            search: {
              value: "TEXT",
              about: "A message's key, a dead letter's id, or a part of the topic, key or error",
            },
            all: { about: "Also replayed and discarded ones" },
            limit: { value: "N", about: "At most N per service", default: "200" },
          },
          fields:
            "service, id, topic, partition, offset, key, error, isSigned, createdAt, replayedAt, discardedAt",
          examples: [
            ["--search amount_mismatch", "Those whose error contains this text"],
            ["--search 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f", "Those of one order"],
          ],
          run: later(context, async () => (await letters()).list),
        },
        show: {
          summary: "Show one dead letter in full",
          words: [service, { name: "ID" }],
          fields:
            "service, id, topic, partition, offset, key, error, isSigned, createdAt, replayedAt, discardedAt, value, headers",
          examples: [["order 1", "The first dead letter of the order service"]],
          run: later(context, async () => (await letters()).show),
        },
        replay: {
          summary: "Send a dead letter to its topic again, after its cause is fixed",
          about:
            "Its value is sent unchanged. If it fails again, it becomes a new dead letter. The audit records who replayed it.",
          words: [service, { name: "ID" }],
          options: {
            "same-cause": {
              about: "All open dead letters with the same error, oldest first, at most 1,000",
            },
          },
          fields:
            "service, id, topic, replayedAt; with --same-cause: service, error, replayed, mayHaveMore",
          examples: [
            ["order 1", "Replay one"],
            ["order 1 --same-cause", "Replay all with the same error"],
          ],
          run: later(context, async () => (await letters()).replay),
        },
        discard: {
          summary: "Remove a dead letter from the list for good; its row is kept",
          about: "Prompts, unless --yes. The audit records who discarded it, and the reason.",
          words: [
            service,
            {
              name: "ID",
              about: "Or `unsigned`, which deletes all messages without a valid signature",
            },
          ],
          options: { reason: { value: "TEXT", about: "The reason, for the audit" }, yes },
          fields: "service, id, topic, discardedAt; of unsigned: service, deleted",
          examples: [
            ['order 1 --reason "test data" --yes', "Discard one without a prompt"],
            ["order unsigned", "Delete all that PayFlow's services did not send"],
          ],
          run: later(context, async () => (await letters()).discard),
        },
      },
    },
    topics: {
      summary: "List Kafka's topics, follow one, or show the lag",
      topic,
      commands: {
        list: {
          summary: "List the topics with their numbers of messages",
          fields: "topic, partitions, messages",
          run: later(context, async () => (await topics()).listTopics),
        },
        tail: {
          summary: "Show a topic's messages live, until Ctrl-C or --max",
          about:
            "Begins with new messages, unless --since or --from-beginning. Reads with a consumer group of its own, which commits no offsets.",
          words: [{ name: "TOPIC" }],
          options: {
            key: { value: "KEY", about: "Only messages with this key (an order's id)" },
            since: {
              value: "TIME",
              about: "Since 2026-11-25, 2026-11-25T09:00:00+09:00, 30m, 24h",
            },
            "from-beginning": { about: "All messages of the topic, then new ones" },
            max: { value: "N", about: "Ends after N messages", default: "1000" },
          },
          fields: "One line per message: topic, partition, offset, at, key, headers, value",
          examples: [
            ["OrderConfirmed", "Follow confirmed orders"],
            [
              "PaymentConfirmed --key 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f --since 7d",
              "Of one order",
            ],
          ],
          run: later(context, async () => (await topics()).tailTopic),
        },
        lag: {
          summary: "Show how many messages each service has yet to handle",
          fields: "group, topic, messages, lag",
          run: later(context, async () => (await topics()).topicLag),
        },
      },
    },
    kafka: {
      summary: "Short for topics list and topics tail, printing values only",
      topic,
      commands: {
        topics: {
          summary: "List the topics with their numbers of messages",
          fields: "topic, partitions, messages",
          run: later(context, async () => (await topics()).listTopics),
        },
        consume: {
          summary: "Show the values of a topic's messages, until Ctrl-C",
          words: [{ name: "TOPIC" }],
          options: {
            "from-beginning": { about: "All messages of the topic, not only new ones" },
            max: { value: "N", about: "Ends after N messages" },
          },
          examples: [["OrderCreated --from-beginning --max 10", "The first ten messages"]],
          run: later(context, async () => (await topics()).consumeTopic),
        },
      },
    },
  };
}
