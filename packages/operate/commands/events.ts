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
      summary: "Events that are not published yet, and publishing again",
      topic,
      about: "Consumers handle every event once, so a second copy does no harm.",
      commands: {
        status: {
          summary: "Show how many events wait for Kafka, and the oldest one's age",
          fields: "service, waiting, oldestSeconds, writtenLastHour, relays",
          run: later(context, async () => (await outbox()).outboxStatus),
        },
        retry: {
          summary: "Publish these events once more",
          words: [{ name: "EVENT_ID", many: true }],
          fields: "service, toPublishAgain",
          examples: [["01a2057e-dd67-73d9-b419-d33e1d57ba22", "Publish one event again"]],
          run: later(context, async () => (await outbox()).retryEvents),
        },
        republish: {
          summary: "Publish all events once more that were written since a time",
          options: {
            since: {
              value: "TIME",
              about: "2026-11-25, 2026-11-25T09:00:00+09:00, 30m, 24h, 7d",
              required: true,
            },
            topic: { value: "NAME", about: "Of this topic only" },
          },
          fields: "service, toPublishAgain",
          examples: [
            ["--since 2026-11-25T00:00:00Z --topic OrderConfirmed", "All confirmations of a day"],
          ],
          run: later(context, async () => (await outbox()).republish),
        },
      },
    },
    "dead-letters": {
      summary: "Messages that could not be handled: show, replay, discard",
      topic,
      about:
        "A message that fails three times for its own reason is kept, its value byte for byte. Replay it when its cause is fixed.",
      commands: {
        list: {
          summary: "List the messages that could not be handled, newest first",
          about: "Without those that were replayed or discarded, unless --all.",
          options: {
            search: {
              value: "TEXT",
              about: "A message's key, a letter's id, or a part of topic, key or error",
            },
            all: { about: "Also those that were replayed or discarded" },
            limit: { value: "N", about: "At most N of each service", default: "200" },
          },
          fields:
            "service, id, topic, partition, offset, key, error, isSigned, createdAt, replayedAt, discardedAt",
          examples: [
            ["--search amount_mismatch", "Those whose error has this word"],
            ["--search 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f", "Those of an order"],
          ],
          run: later(context, async () => (await letters()).list),
        },
        show: {
          summary: "Show one of them in full",
          words: [service, { name: "ID" }],
          fields:
            "service, id, topic, partition, offset, key, error, isSigned, createdAt, replayedAt, discardedAt, value, headers",
          examples: [["order 1", "The first letter of the order service"]],
          run: later(context, async () => (await letters()).show),
        },
        replay: {
          summary: "Send it to its topic again, after its cause is fixed",
          about:
            "Its value is sent byte for byte. One that fails again becomes a new dead letter. Who replayed it is in the audit.",
          words: [service, { name: "ID" }],
          options: {
            "same-cause": {
              about: "All open letters with the same error, oldest first, 1,000 at the most",
            },
          },
          fields:
            "service, id, topic, replayedAt; with --same-cause: service, error, replayed, mayHaveMore",
          examples: [
            ["order 1", "Send it once more"],
            ["order 1 --same-cause", "All that failed in the same way"],
          ],
          run: later(context, async () => (await letters()).replay),
        },
        discard: {
          summary: "Remove it from the list for good; its row is kept",
          about: "Prompts, or takes --yes. Who discarded it, and why, is in the audit.",
          words: [
            service,
            { name: "ID", about: "Or unsigned: deletes all messages without a valid signature" },
          ],
          options: { reason: { value: "TEXT", about: "Why, for the audit" }, yes },
          fields: "service, id, topic, discardedAt; of unsigned: service, deleted",
          examples: [
            ['order 1 --reason "test data" --yes', "Remove one without a prompt"],
            ["order unsigned", "Delete all that no service of PayFlow has sent"],
          ],
          run: later(context, async () => (await letters()).discard),
        },
      },
    },
    topics: {
      summary: "Kafka's topics: list, follow live, lag of each group",
      topic,
      commands: {
        list: {
          summary: "List the topics with their numbers of messages",
          fields: "topic, partitions, messages",
          run: later(context, async () => (await topics()).listTopics),
        },
        tail: {
          summary: "Show a topic's messages as they come, until Ctrl-C or --max",
          about:
            "From now on, unless --since or --from-beginning. Reads by a consumer group of its own that commits nothing.",
          words: [{ name: "TOPIC" }],
          options: {
            key: { value: "KEY", about: "Only messages of this key: an order's id" },
            since: {
              value: "TIME",
              about: "Since 2026-11-25, 2026-11-25T09:00:00+09:00, 30m, 24h",
            },
            "from-beginning": { about: "All that the topic has, then what comes" },
            max: { value: "N", about: "Ends after so many", default: "1000" },
          },
          fields: "A line each: topic, partition, offset, at, key, headers, value",
          examples: [
            ["OrderConfirmed", "Confirmed orders as they come"],
            [
              "PaymentConfirmed --key 019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f --since 7d",
              "Of an order",
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
      summary: "Short for topics list and topics tail, with the values only",
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
            "from-beginning": { about: "All that the topic has, not only new ones" },
            max: { value: "N", about: "Ends after so many" },
          },
          examples: [["OrderCreated --from-beginning --max 10", "The first ten"]],
          run: later(context, async () => (await topics()).consumeTopic),
        },
      },
    },
  };
}
