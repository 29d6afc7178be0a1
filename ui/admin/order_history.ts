import { entriesIn, type HistoryEntry } from "@payflow/shared";
import { declineReason } from "../messages/decline_reasons.ts";
import { wonText } from "../money_text.ts";
import type { AdminScene } from "./admin_scene.ts";
import type { AdminOrder, AdminPayment } from "./contract.ts";
import type { Tone } from "./fragments/badges.tsx";

/** One event of an order, from any record. */
export type HistoryLine = {
  readonly at: string;
  readonly source: "order" | "payment" | "webhook" | "ledger";
  readonly title: string;
  /** The effect on the money. */
  readonly details: readonly string[];
  readonly tone: Tone | undefined;
  readonly actor: string | undefined;
  readonly reason: string | undefined;
  readonly raw: unknown;
};

/** The histories of both services, webhooks and the ledger as one list, oldest first. */
export function historyLines(
  scene: AdminScene,
  { history, money }: Pick<AdminOrder, "history" | "money">,
): readonly HistoryLine[] {
  const lines = [
    ...history.map((entry) => decided(scene, entry)),
    ...(money?.webhooks ?? []).map((webhook) => received(scene, webhook)),
    ...(money?.ledger ?? []).map((row) => booked(scene, row)),
  ];
  return lines.sort((a, b) => orderOf(a) - orderOf(b));
}

/**
 * Toss's times have whole seconds. A ledger row counts as the end of its second, so that it follows the request that
 * caused it.
 */
function orderOf({ at, source }: HistoryLine): number {
  const time = Date.parse(at);
  return source === "ledger" && time % 1_000 === 0 ? time + 999 : time;
}

function decided(scene: AdminScene, entry: HistoryEntry): HistoryLine {
  const { t, language } = scene;
  const entries = entriesIn(entry);
  const details = entries.map(({ kind, amount, reason }) =>
    [
      t.order.entries[kind],
      amount !== undefined && wonText(amount, language),
      reason && declineReason(reason, language),
    ]
      .filter(Boolean)
      .join(" · "),
  );
  const isBad = entries.some(({ kind }) => badKinds.has(kind));
  const isGood = entries.some(({ kind }) => kind === "paid");
  return {
    at: entry.at,
    source: entry.part,
    title: t.order.causes[entry.cause] ?? entry.cause,
    details: [...details, ...publishing(scene, entry)],
    tone: isBad ? "warn" : isGood ? "good" : undefined,
    actor: actorText(scene, entry.actor),
    reason: entry.reason ?? undefined,
    raw: entry,
  };
}

const badKinds: ReadonlySet<string> = new Set([
  "declined",
  "deposit_reversed",
  "came_late",
  "refund_delayed",
]);

/** Shows only events that still wait to be published. */
function publishing({ t }: AdminScene, { events }: HistoryEntry): readonly string[] {
  return events.some(({ isPublished }) => !isPublished) ? [t.order.unpublished] : [];
}

/** `shopper`, `toss`, `system`, `key:NAME` or `cli:NAME`. */
export function actorText({ t }: Pick<AdminScene, "t">, actor: string): string {
  if (actor.startsWith("key:")) return t.order.keyActor(actor.slice("key:".length));
  if (actor.startsWith("cli:")) return t.order.cliActor(actor.slice("cli:".length));
  return t.order.actors[actor] ?? actor;
}

function received(scene: AdminScene, webhook: AdminPayment["webhooks"][number]): HistoryLine {
  const { order: words } = scene.t;
  return {
    at: webhook.receivedAt,
    source: "webhook",
    title: words.webhook,
    details: [
      webhook.eventType,
      ...(webhook.isUnknown ? [words.webhookUnknown] : []),
      ...(webhook.handledAt === null && !webhook.isUnknown ? [words.webhookWaiting] : []),
    ],
    tone: undefined,
    actor: undefined,
    reason: undefined,
    raw: webhook,
  };
}

function booked(scene: AdminScene, row: AdminPayment["ledger"][number]): HistoryLine {
  const { t, language } = scene;
  return {
    at: row.occurredAt,
    source: "ledger",
    title: t.order.moved(t.order.ledgerKinds[row.kind]),
    details: [wonText(row.amount, language)],
    tone: undefined,
    actor: undefined,
    reason: undefined,
    raw: row,
  };
}
