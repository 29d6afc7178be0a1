import type { Language, OrderMail } from "@payflow/shared";
import { unreachable } from "../unreachable.ts";
import { bankName } from "../bank_names.ts";
import type { Shop } from "../shop.ts";
import { messagesOf } from "../language.ts";
import { wonText } from "../money_text.ts";
import { timeText } from "../time_text.ts";
import { mailMessages } from "./mail_messages.ts";

/** The data of a mail: its kind and details, and the order as it is now. */
export type MailSource = {
  readonly mail: OrderMail;
  /** Time of the event. */
  readonly at: string;
  readonly order: {
    readonly orderNumber: string;
    readonly orderName: string;
    readonly amount: number;
    readonly expiresAt: string;
    readonly customerName: string;
    readonly language: Language;
  };
  readonly shop: Pick<Shop, "name" | "business">;
  /** The order's link, which opens its page in any browser. */
  readonly link: string;
};

export type RenderedMail = {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

type Row = readonly [name: string, value: string];

/** A mail in the order's language, as text and HTML without scripts and images; links the order and its receipt. */
export function renderMail(source: MailSource): RenderedMail {
  const { mail, order, shop, link } = source;
  const { language } = order;
  const words = mailMessages[language];
  const { title, lead: usual } = words.kinds[mail.kind];
  const lead = mail.kind === "refunded" && mail.isReturn ? words.returned : usual;
  const rows: Row[] = [
    [words.orderNumber, order.orderNumber],
    [words.orderName, order.orderName],
    ...rowsOf(source),
  ];
  const receipt = mail.kind === "paid" ? mail.receiptUrl : null;
  const links: Row[] = [
    [words.open, link],
    ...(receipt ? [[words.receipt, receipt] as const] : []),
  ];
  const { companyName, address, phone, email } = shop.business;
  const footer = [words.automatic, words.contact(phone, email), `${companyName}, ${address}`];
  const text = [
    words.hello(order.customerName),
    "",
    `${title}.`,
    lead,
    "",
    ...rows.map(([name, value]) => `${name}: ${value}`),
    "",
    ...links.map(([name, url]) => `${name}: ${url}`),
    "",
    "--",
    ...footer,
    "",
  ].join("\n");
  const document = (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
      </head>
      <body style={styles.body}>
        <p style={styles.shop}>{shop.name}</p>
        <p>{words.hello(order.customerName)}</p>
        <h1 style={styles.title}>{title}</h1>
        <p>{lead}</p>
        <table style={styles.table} role="presentation">
          {rows.map(([name, value]) => (
            <tr>
              <td style={styles.name}>{name}</td>
              <td style={styles.value}>{value}</td>
            </tr>
          ))}
        </table>
        {links.map(([name, url], index) => (
          <p>
            <a href={url} style={index === 0 ? styles.button : styles.link}>
              {name}
            </a>
          </p>
        ))}
        <div style={styles.footer}>
          {footer.map((line) => (
            <p style={styles.line}>{line}</p>
          ))}
        </div>
      </body>
    </html>
  );
  const subject = words.subject(shop.name, title, order.orderNumber);
  return { subject, text, html: `<!doctype html>${document.toString()}` };
}

function rowsOf({ mail, order, at }: MailSource): Row[] {
  const { language, amount } = order;
  const words = mailMessages[language];
  const won = (sum: number) => wonText(sum, language);
  const time = (iso: string) => timeText(iso, { language, now: new Date(at) });
  const replied = (text: string | null): Row[] => (text ? [[words.answer, text]] : []);
  switch (mail.kind) {
    case "placed":
      return [
        [words.toPay, won(amount)],
        [words.payUntil, time(order.expiresAt)],
      ];
    case "account": {
      const { bankCode, accountNumber, dueAt } = mail.account;
      return [
        [words.bank, bankName(bankCode, language) ?? words.unknownBank(bankCode)],
        [words.accountNumber, accountNumber],
        [words.deposit, won(amount)],
        [words.depositUntil, time(dueAt)],
      ];
    }
    case "paid": {
      const paidWith: Readonly<Record<string, string>> = messagesOf(language).paidWith;
      const method = mail.method === null ? undefined : (paidWith[mail.method] ?? mail.method);
      return [[words.amount, won(amount)], ...(method ? [[words.method, method] as const] : [])];
    }
    case "refunded":
      return [[words.refunded, won(mail.amount)]];
    case "request_granted":
      return [[words.refunded, won(mail.amount)], ...replied(mail.answer)];
    case "request_declined":
      return replied(mail.answer);
    case "canceled":
    case "expired":
    case "account_needed":
      return [];
    default:
      return unreachable(mail);
  }
}

/** Inline, because many mail programs ignore style sheets. */
const styles = {
  body: "margin:0 auto;max-width:560px;padding:24px;font-family:sans-serif;font-size:16px;line-height:1.6;color:#191f28;background:#fff",
  shop: "margin:0 0 24px;font-weight:bold;color:#1b64da",
  title: "margin:0 0 8px;font-size:22px;line-height:1.4",
  table: "width:100%;margin:24px 0;border-collapse:collapse;border-top:1px solid #e5e8eb",
  name: "padding:10px 12px 10px 0;color:#5a6472;border-bottom:1px solid #e5e8eb;white-space:nowrap;vertical-align:top",
  value: "padding:10px 0;text-align:right;border-bottom:1px solid #e5e8eb;word-break:break-word",
  button:
    "display:inline-block;padding:12px 24px;border-radius:8px;background:#1b64da;color:#fff;text-decoration:none",
  link: "color:#1b64da",
  footer: "margin-top:32px;font-size:13px;color:#5a6472",
  line: "margin:0",
};
