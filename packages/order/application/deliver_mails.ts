import { plusMs, type OrderMail } from "@payflow/shared";
import { nextTryAt, type MailResult } from "../domain/order_mails.ts";
import type { Order } from "../domain/order.ts";

/** One mail of an order; no two have the same three. */
export type MailId = {
  readonly orderId: string;
  readonly version: number;
  readonly position: number;
};

/** A mail that this process sends now. */
export type ClaimedMail = MailId & {
  readonly facts: OrderMail;
  readonly tries: number;
  readonly createdAt: string;
  /** Since when it is to be sent: its creation, or when an operator had it sent again. */
  readonly since: string;
};

export type MailQueue = {
  /** Claims mails that are due, until `until`; of each order the oldest only, so that its mails leave in their order. */
  claim(claim: {
    readonly claimId: string;
    readonly now: string;
    readonly until: string;
    readonly limit: number;
  }): Promise<readonly ClaimedMail[]>;
  /** Writes what came of a mail while the claim is its own; `nextAt` null ends it. */
  end(
    mail: MailId,
    ended: {
      readonly claimId: string;
      readonly now: string;
      readonly nextAt: string | null;
      readonly outcome: "sent" | "gave_up" | null;
      readonly error: string | null;
    },
  ): Promise<void>;
};

/** Sends one mail of an order; rejects only for a fault of ours. `isAway`: the server could not be reached. */
export type SendMail = (
  mail: ClaimedMail,
  order: Order,
) => Promise<MailResult & { readonly isAway: boolean }>;

/** Mails that are sent at once: a server of one shop takes few connections. */
const sendMax = 5;
/** Longer than sending may last: whoever has not ended a mail by then was killed. */
const claimMs = 3 * 60_000;

/**
 * Sends mails that are due. SMTP has no way to send once: a process that is killed between the server's answer and its
 * record sends the mail again, under the same Message-ID. Throws when the server is away, so that whoever repeats this
 * waits longer each time.
 */
export function createMailDelivery(deps: {
  readonly queue: MailQueue;
  readonly send: SendMail;
  readonly findOrder: (orderId: string) => Promise<Order | undefined>;
  readonly now: () => string;
  readonly newId: () => string;
  /** In [0, 1). */
  readonly random: () => number;
  /** What was sent, or why it was not. */
  readonly onEnded: (mail: MailId & { readonly kind: string }, result: MailResult) => void;
}) {
  const { queue, now } = deps;

  async function deliver(mail: ClaimedMail, claimId: string): Promise<boolean> {
    const order = await deps.findOrder(mail.orderId);
    const address = order?.customerEmail ?? "";
    // erased meanwhile
    if (order === undefined || address === "") {
      const error = "the order names nobody any more";
      await queue.end(mail, { claimId, now: now(), nextAt: null, outcome: "gave_up", error });
      return false;
    }
    const result = await deps.send(mail, order);
    const moment = { now: now(), random: deps.random() };
    const { error } = result;
    const tried = { ...mail, tries: mail.tries + 1 };
    const nextAt = error === null ? null : nextTryAt(result, tried, moment);
    const outcome = error === null ? "sent" : nextAt === null ? "gave_up" : null;
    await queue.end(mail, { claimId, now: moment.now, nextAt, outcome, error });
    const { orderId, version, position } = mail;
    deps.onEnded({ orderId, version, position, kind: mail.facts.kind }, result);
    return result.isAway;
  }

  return {
    async runOnce(): Promise<number> {
      const claimId = deps.newId();
      const at = now();
      const until = plusMs(at, claimMs);
      const claimed = await queue.claim({ claimId, now: at, until, limit: sendMax });
      const ends = await Promise.allSettled(claimed.map((mail) => deliver(mail, claimId)));
      for (const end of ends) if (end.status === "rejected") throw end.reason;
      const isAway = ends.some((end) => end.status === "fulfilled" && end.value);
      if (isAway) throw new Error("The mail server can't be reached");
      return claimed.length;
    },
  };
}
