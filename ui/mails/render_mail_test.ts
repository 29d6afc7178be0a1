import { describe, expect, test } from "bun:test";
import type { Language, OrderMail } from "@payflow/shared";
import { sampleShop } from "../testing/sample_shop.ts";
import { mailMessages } from "./mail_messages.ts";
import { renderMail, type MailSource } from "./render_mail.tsx";

const mails: readonly OrderMail[] = [
  { kind: "placed" },
  {
    kind: "account",
    account: { bankCode: "88", accountNumber: "110123456789", dueAt: "2026-11-28T14:59:59.000Z" },
  },
  { kind: "paid", method: "카드", receiptUrl: "https://dashboard.tosspayments.com/r?a=1&b=2" },
  { kind: "refunded", amount: 9000, isReturn: false },
  { kind: "refunded", amount: 39_000, isReturn: true },
  { kind: "canceled" },
  { kind: "expired" },
  { kind: "account_needed" },
  { kind: "request_granted", amount: 39_000, answer: null },
  { kind: "request_declined", answer: "개봉한 상품은 <환불>이 어렵습니다" },
];

function render(mail: OrderMail, change: Partial<MailSource["order"]> = {}) {
  return renderMail({
    mail,
    at: "2026-11-27T05:00:00.000Z",
    order: {
      orderNumber: "1127-K7P3",
      orderName: "무각 키캡 세트",
      amount: 39_000,
      expiresAt: "2026-11-27T05:45:00.000Z",
      customerName: "김토스",
      language: "ko",
      ...change,
    },
    shop: sampleShop,
    link: "https://shop.kr/orders/x?token=t",
  });
}

describe("renderMail()", () => {
  test.each(["ko", "en"] as const)(
    "says the same as text and as HTML, in %s",
    (language: Language) => {
      for (const mail of mails) {
        const { subject, text, html } = render(mail, { language });
        const { title } = mailMessages[language].kinds[mail.kind];
        expect(subject).toBe(`[${sampleShop.name}] ${title} (1127-K7P3)`);
        for (const body of [text, html]) {
          expect(body).toContain(title);
          expect(body).toContain("1127-K7P3");
          expect(body).toContain("https://shop.kr/orders/x?token=t");
          expect(body).toContain(sampleShop.business.email);
        }
        expect(html).toStartWith(`<!doctype html><html lang="${language}">`);
        expect(`${text}${html}`).not.toMatch(/undefined|\[object|NaN/);
        if (language === "en") expect(title).not.toMatch(/[가-힣]/);
      }
    },
  );

  test("shows an account's bank, number, amount and deadline, a receipt's link, and a refund's amount and duration", () => {
    const [, account, paid, refunded, returned] = mails.map((mail) => render(mail).text);
    for (const part of ["신한은행", "110123456789", "39,000원", "11월 28일"])
      expect(account).toContain(part);
    expect(paid).toContain("영수증 보기: https://dashboard.tosspayments.com/r?a=1&b=2");
    expect(refunded).toContain("환불 금액: 9,000원");
    expect(refunded).toContain("3~4영업일");
    expect(returned).toContain("마감된 주문에 결제된 금액");
  });

  test("escapes typed texts in the HTML", () => {
    const customerName = '<img src=x onerror="alert(1)">&';
    const { html, text } = render(mails.at(-1) as OrderMail, { customerName });
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img src=x");
    expect(html).toContain("&lt;환불&gt;");
    expect(text).toContain(customerName);
  });
});
