import * as v from "valibot";
import { EventId, IsoTime } from "./text.ts";

/**
 * Who made a change: `shopper`, `key:NAME` (an API key, or an operator who signed in to the console with it),
 * `cli:NAME`, `system` (a job, a consumed message), or the payment provider, for changes that record its responses.
 */
export const Actor = v.pipe(
  v.string(),
  v.regex(/^([a-z]+|(key|cli):.{1,128})$/),
  v.description("shopper, key:NAME, cli:NAME, system or toss"),
);
export type Actor = v.InferOutput<typeof Actor>;

/** The actor of a call by order or the command line, as JSON; percent-encoded, because names may be Korean. */
export const actingHeader = "X-Acting-As";
const reason = v.exactOptional(v.pipe(v.string(), v.maxLength(200)));
const Acting = v.object({ actor: Actor, reason });
export const SentActing = v.pipe(v.string(), v.transform(unescaped), v.parseJson(), Acting);

export const sentActing = (who: { readonly actor: string; readonly reason?: string | undefined }) =>
  encodeURIComponent(JSON.stringify(who));

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** One thing that happened to an order or its payment, for operators. */
export const HistoryEntry = v.object({
  at: IsoTime,
  part: v.picklist(["order", "payment"]),
  version: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  status: v.pipe(v.string(), v.description("Of the order or of the payment, as `part` says")),
  cause: v.pipe(v.string(), v.description("The use case that decided it")),
  detail: v.pipe(v.unknown(), v.description("The provider's code, the paymentKey")),
  actor: Actor,
  reason: v.pipe(v.nullable(v.string()), v.description("As the actor gave it")),
  events: v.array(v.object({ eventId: EventId, eventType: v.string(), isPublished: v.boolean() })),
});
export type HistoryEntry = v.InferOutput<typeof HistoryEntry>;

/** Changes by time, placing first. Despite clock skew, an order's change comes after the payment version it applied. */
export function inOrder(own: readonly HistoryEntry[], payments: readonly HistoryEntry[]) {
  const times = new Map(payments.map((entry) => [entry.version, entry.at]));
  const timeOf = (entry: HistoryEntry) => {
    if (entry.part === "payment") return entry.at;
    if (entry.version === 1) return "1970";
    const { paymentVersion } = (entry.detail ?? {}) as { paymentVersion?: number };
    const after = times.get(paymentVersion ?? 0) ?? "";
    return after > entry.at ? after : entry.at;
  };
  return [...payments, ...own].sort((a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b)));
}
