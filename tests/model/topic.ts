// Kafka between an outbox and its consumer: at-least-once, in any order, and its disk can get lost.
import type { OutboxRow } from "./memory_store.ts";
import type { Replica } from "./scheduler.ts";

type Event = { readonly eventId: string };

export type Topic<E extends Event> = ReturnType<typeof createTopic<E>>;

export function createTopic<E extends Event>(outbox: readonly OutboxRow<E>[]) {
  const waiting: E[] = [];
  const taken = new Map<E, Replica>();
  const wiped = new Set<string>();
  return {
    waiting,
    wiped,
    /** Publishes the waiting rows; rows without the mark are published again next time. */
    publish({ isMarked }: { readonly isMarked: boolean }): void {
      for (const row of outbox) {
        if (row.isPublished) continue;
        waiting.push(row.event);
        row.isPublished = isMarked;
      }
    },
    /** Takes a message to handle; `isDouble`: it will be delivered once more. */
    take(
      pick: number,
      replica: Replica,
      { isDouble }: { readonly isDouble: boolean },
    ): E | undefined {
      const event = waiting[pick % waiting.length];
      if (event === undefined) return undefined;
      waiting.splice(waiting.indexOf(event), isDouble ? 0 : 1);
      taken.set(event, replica);
      return event;
    },
    done: (event: E) => taken.delete(event),
    /** Handling failed: the message is redelivered. */
    failed(event: E): void {
      taken.delete(event);
      waiting.push(event);
    },
    /** A consumer crashed: its messages are redelivered. */
    giveBack(replica: Replica): void {
      for (const [event, reader] of taken) {
        if (reader !== replica) continue;
        taken.delete(event);
        waiting.push(event);
      }
    },
    /** The broker's disk is lost. */
    wipe(): void {
      for (const event of waiting.splice(0)) wiped.add(event.eventId);
    },
    isQuiet: () =>
      waiting.length === 0 && taken.size === 0 && outbox.every((row) => row.isPublished),
  };
}
