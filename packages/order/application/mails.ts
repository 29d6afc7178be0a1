import type { OrderMail } from "@payflow/shared";
import type { MailId } from "./deliver_mails.ts";

/** A mail as operators see it. */
export type KeptMail = MailId & {
  readonly facts: OrderMail;
  readonly createdAt: string;
  readonly tries: number;
  /** When it is tried next; null once it has ended. */
  readonly nextAt: string | null;
  readonly outcome: "sent" | "gave_up" | null;
  readonly endedAt: string | null;
  readonly error: string | null;
};

export type MailRepository = {
  /** Newest first, behind `after`, the place at which the page before ended. */
  list(page: {
    readonly state?: "failed" | undefined;
    readonly orderId?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly rows: readonly KeptMail[]; readonly next: string | null }>;
  find(id: MailId): Promise<KeptMail | undefined>;
  /** Has it sent again, whatever became of it; audited. False: there is none. */
  resend(id: MailId): Promise<boolean>;
  /** Deletes the mails of an order, whose customer is erased. */
  erase(orderId: string): Promise<void>;
};
