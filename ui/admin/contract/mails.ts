import type { OrderMail } from "@payflow/shared";
import type { RenderedMail } from "../../mails/render_mail.tsx";
import type { Listed } from "./listed.ts";

export type AdminMails = {
  /** Newest first. `isSending`: a mail server is set; without one mails are only kept. */
  listMails(
    filter: MailFilter,
    after?: string,
  ): Promise<Listed<MailRow> & { readonly isSending: boolean }>;
  /** With what it says; undefined as well once the order names nobody any more. */
  findMail(id: string): Promise<MailDetail | undefined>;
  /** Sends it again, whatever became of it. Throws AppError `mail_not_found`. */
  resendMail(id: string): Promise<void>;
};

export type MailFilter = {
  readonly state?: "failed" | undefined;
  readonly orderId?: string | undefined;
};

export type MailRow = {
  readonly id: string;
  readonly orderId: string;
  readonly kind: OrderMail["kind"];
  readonly createdAt: string;
  readonly tries: number;
  /** When it is tried next; null once it has ended. */
  readonly nextAt: string | null;
  readonly outcome: "sent" | "gave_up" | null;
  readonly endedAt: string | null;
  /** What the mail server said last. */
  readonly error: string | null;
};

export type MailDetail = MailRow & { readonly to: string; readonly content: RenderedMail };
