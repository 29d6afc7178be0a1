import type { Command, CommandGroup } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";

/** For who builds on PayFlow. */
export function developerCommands(context: Context): Record<string, Command | CommandGroup> {
  const topic = "Build on it";
  return {
    listen: {
      summary: "Show the shop's events as they come, and forward them to your own machine",
      topic,
      about: `Prints a line for each order event from now on. With --forward-to each is sent there, once and in order, as a webhook of Standard Webhooks: the event as JSON, with the headers webhook-id (the event's id), webhook-timestamp and webhook-signature, signed with the secret that is printed at the start. A receiver has 15 s; failures are shown, and it goes on. Ctrl-C ends.

Reads Kafka by a group of its own that stores nothing, so no other reader notices.`,
      options: {
        "forward-to": { value: "URL", about: "Where events are sent to, as localhost:3000/hooks" },
        events: { value: "A,B", about: "Only these, as OrderConfirmed,OrderRefunded" },
        since: { value: "TIME", about: "Also events since then: 2026-11-25, 30m, 24h, 7d" },
        secret: { value: "whsec_…", about: "Signs with this secret; a new one unless given" },
        "skip-verify": { about: "Takes any certificate of an https address" },
      },
      fields:
        "A line each: at, eventType, eventId, orderId, event, delivery (status, durationMs, error, response)",
      examples: [
        ["--forward-to localhost:3000/hooks", "Send all events to a local server"],
        ["--events OrderConfirmed --since 24h", "Show yesterday's confirmations, then go on"],
      ],
      run: later(context, async () => (await import("../listen/listen.ts")).listen),
    },
  };
}
