import { sql, type Kysely } from "kysely";
import { createGather } from "./gather.ts";
import type { Save } from "./save.ts";

type Message = NonNullable<Save["message"]>;

/** Returns `take`, which adds a message that changes nothing to the inbox. Concurrent calls are batched. */
export function createTakes(db: Kysely<never>): (message: Message) => Promise<void> {
  return createGather<Message, void>({
    async run(messages) {
      const ids = messages.map(({ id }) => id);
      const topics = messages.map(({ topic }) => topic);
      // ordered by id, so that replicas never deadlock
      await sql`
        insert into inbox (message_id, topic)
        select id, topic from unnest(${ids}::text[]::uuid[], ${topics}::text[]) as m(id, topic) order by id
        on conflict do nothing`.execute(db);
      return messages.map(() => undefined);
    },
  });
}
