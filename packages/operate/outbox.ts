import { didYouMean, listed, UsageError } from "@payflow/local-stack";
import { isUuid } from "@payflow/database";
import { orderEventTypes, paymentEventTypes } from "@payflow/shared";
import { readOutboxState } from "@payflow/back-office/messages";
import { services, withPlaces, type Places } from "./places.ts";
import { publishAgain, type EventSelection } from "./publish_again.ts";
import { timeOption } from "./time_option.ts";

type Row = Record<string, unknown>;

const topics: readonly string[] = [...orderEventTypes, ...paymentEventTypes];

/** Shows how many events of each service wait for Kafka. */
export const outboxStatus = withPlaces(async (_, { databases }) => {
  const states = services.map(async (service) => {
    const { waiting, oldestSeconds, writtenLastHour, relays } = await readOutboxState(
      databases[service],
    );
    const [count, written, relaying] = [waiting, writtenLastHour, relays].map(Number);
    return { service, waiting: count, oldestSeconds, writtenLastHour: written, relays: relaying };
  });
  return listed(await Promise.all(states));
});

/** Makes these events wait for Kafka again. */
export const retryEvents = withPlaces(async ({ words }, places) => {
  const eventIds = words.map((word) => word.toLowerCase());
  const notUuid = eventIds.find((id) => !isUuid(id));
  if (notUuid !== undefined) throw new UsageError(`"${notUuid}" is not an event id`);
  return listed(await again(places, { eventIds }));
});

/** Makes all events written since a time wait for Kafka again. */
export const republish = withPlaces(async ({ values: { since = "", topic } }, places) => {
  if (topic !== undefined && !topics.includes(topic))
    throw new UsageError(
      `--topic is "${topic}", and must be one of ${topics.join(", ")}${didYouMean(topic, topics)}`,
    );
  return listed(await again(places, { since: timeOption("since", since), topic }));
});

async function again({ databases }: Places, selection: EventSelection): Promise<Row[]> {
  return await Promise.all(
    services.map(async (service) => {
      const toPublishAgain = await publishAgain(databases[service], selection);
      return { service, toPublishAgain };
    }),
  );
}
