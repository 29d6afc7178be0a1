import { renderMail } from "../mails/render_mail.tsx";
import type { MailRow } from "../mod.ts";
import { minutesAgo } from "./sample_admin.ts";
import { sampleShop } from "./sample_shop.ts";

const orderId = "019abc7d-4001-7c3e-9a51-b5d2f0a10001";
const row = (version: number, mail: Partial<MailRow> & Pick<MailRow, "kind">): MailRow => ({
  id: `${orderId}.${version}.1`,
  orderId,
  createdAt: minutesAgo(60 - version),
  tries: 1,
  nextAt: null,
  orderNumber: "1127-K7P3",
  state: "delivered",
  endedAt: minutesAgo(60 - version),
  lastStatus: 250,
  lastError: null,
  ...mail,
});

/** Mails in every state. */
export const sampleMails: readonly MailRow[] = [
  row(5, {
    kind: "request_declined",
    state: "waiting",
    tries: 0,
    nextAt: minutesAgo(0),
    endedAt: null,
  }),
  row(4, {
    kind: "refunded",
    state: "waiting",
    tries: 2,
    nextAt: minutesAgo(-15),
    endedAt: null,
    lastError: "451 4.7.1 Greylisted, please try again in 300 seconds",
  }),
  row(3, { kind: "paid", state: "gave_up", lastError: "550 5.1.1 No such user here" }),
  row(2, { kind: "account" }),
  row(1, { kind: "placed" }),
];

export const sampleMailContent = renderMail({
  mail: {
    kind: "paid",
    method: "카드",
    receiptUrl: "https://dashboard.tosspayments.com/receipt/x",
  },
  at: minutesAgo(57),
  order: {
    orderNumber: "1127-K7P3",
    orderName: "무각 키캡 세트 외 2건",
    amount: 84_500,
    expiresAt: minutesAgo(10),
    customerName: "김토스",
    language: "ko",
  },
  shop: sampleShop,
  link: `http://localhost:8080/orders/${orderId}?token=sample-token`,
});
