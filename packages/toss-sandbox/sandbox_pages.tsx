/** @jsxImportSource hono/jsx */
// The addresses that a Payment object points to, and the files behind the pages.

import { dirname } from "node:path";
import { type Context, Hono } from "hono";
import { serveStatic } from "hono/bun";
import type { Payment } from "./sandbox_payment.ts";
import type { SandboxState } from "./sandbox_state.ts";
import { methodWord } from "./toss_methods.ts";
import { koreanSeconds } from "./toss_time.ts";
import { money, Notice, page, pagePolicy } from "./window_page.tsx";

const script = "text/javascript; charset=utf-8";

/** What is served from the static folder: the path, its files one behind the other, the type. */
const files: readonly (readonly [string, readonly string[], string])[] = [
  ["/v2/standard", ["standard.js", "standard_widgets.js"], script],
  ["/static/window.js", ["window.js"], script],
  ["/static/window.css", ["window.css"], "text/css; charset=utf-8"],
];

const statusWords: Record<Payment["status"], string> = {
  READY: "결제창 열림",
  IN_PROGRESS: "승인 대기",
  WAITING_FOR_DEPOSIT: "입금 대기",
  DONE: "결제 완료",
  CANCELED: "전액 취소",
  PARTIAL_CANCELED: "부분 취소",
  ABORTED: "승인 실패",
  EXPIRED: "기간 만료",
};

export function createPages(state: SandboxState): Hono {
  const app = new Hono();

  for (const [path, names, type] of files) {
    app.get(path, async (c) => {
      const texts = names.map((name) => Bun.file(`${import.meta.dir}/static/${name}`).text());
      return c.body((await Promise.all(texts)).join("\n"), 200, {
        "content-type": type,
        "cache-control": "no-cache",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
      });
    });
  }

  // Korean glyphs by slices, so that a page fetches only those that it shows.
  const sheet = Bun.resolveSync(
    "pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css",
    import.meta.dir,
  );
  app.use(
    "/static/fonts/*",
    serveStatic({
      root: dirname(sheet),
      rewriteRequestPath: (path) => path.slice("/static/fonts".length),
      onFound: (_path, c) => c.header("cache-control", "public, max-age=31536000"),
    }),
  );

  app.get("/v1/payments/:paymentKey/checkout", (c) =>
    show(c, state.findPayment(c.req.param("paymentKey")), "결제 내역"),
  );
  app.get("/receipt/redirection", (c) =>
    show(c, state.findPayment(c.req.query("transactionId") ?? ""), "영수증"),
  );

  function show(c: Context, payment: Payment | undefined, title: string) {
    c.header("content-security-policy", pagePolicy());
    c.header("cache-control", "no-store");
    if (payment === undefined) {
      const text = "주소를 다시 확인해 주세요.";
      return c.html(page(<Notice title={`${title} 없음`} text={text} />, { title }), 404);
    }
    return c.html(page(<Summary payment={payment} title={title} />, { title }));
  }

  return app;
}

function Summary({ payment, title }: { payment: Payment; title: string }) {
  const { currency, approvedAt } = payment;
  const refunded = payment.totalAmount - payment.balanceAmount;
  const rows = [
    ["상태", statusWords[payment.status]],
    ["결제 수단", methodWord(payment.method, "ko")],
    ["승인 시각", approvedAt === null ? "-" : koreanSeconds(approvedAt)],
    ["취소 금액", refunded === 0 ? "-" : money(refunded, currency)],
    ["주문번호", payment.orderId],
    ["결제 키", payment.paymentKey],
  ];
  return (
    <>
      <h1>{title}</h1>
      <p class="amount">{money(payment.totalAmount, currency)}</p>
      <p class="name">{payment.orderName}</p>
      <dl>
        {rows.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </>
  );
}
