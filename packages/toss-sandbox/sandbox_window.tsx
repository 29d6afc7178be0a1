/** @jsxImportSource hono/jsx */
// The payment window: what a buyer sees between requestPayment and the way
// back. It works without script; inside the SDK's overlay window.js carries
// its answers to the shop's page.

import { type Context, Hono } from "hono";
import * as v from "valibot";
import { Fault } from "./sandbox_faults.ts";
import type { Payment } from "./sandbox_payment.ts";
import {
  type Authentication,
  authenticate,
  cancelWindow,
  failWindow,
  type WindowOutcome,
} from "./sandbox_sessions.ts";
import type { SandboxState } from "./sandbox_state.ts";
import { accountBanks, bankCode, methodWord, walletName } from "./toss_methods.ts";
import { money, Notice, page, pagePolicy } from "./window_page.tsx";

/** What the buyer can make happen when the shop confirms: `fault:code` or `fault:ms`. */
const outcomes: readonly (readonly [string, string])[] = [
  ["", "정상 승인"],
  ["decline:REJECT_CARD_PAYMENT", "거절 — 한도 초과 또는 잔액 부족"],
  ["decline:REJECT_CARD_COMPANY", "거절 — 카드사 거절"],
  ["decline:INVALID_STOPPED_CARD", "거절 — 정지된 카드"],
  ["lose_response", "승인되지만 응답이 사라짐"],
  ["error_after", "승인되지만 500 오류로 응답"],
  ["error_before", "승인되지 않고 500 오류로 응답"],
  ["error_before:PROVIDER_ERROR", "승인되지 않고 일시적인 오류로 응답"],
  ["delay:5000", "5초 뒤 승인"],
  ["delay:20000", "20초 뒤 승인"],
  ["delay:90000", "90초 뒤 승인"],
];

const Form = v.object({
  choice: v.picklist(["approve", "cancel", "close", "PAY_PROCESS_ABORTED", "REJECT_CARD_COMPANY"]),
  confirm: v.exactOptional(v.picklist(outcomes.map(([value]) => value)), ""),
  bank: v.exactOptional(
    v.pipe(
      v.string(),
      v.check((bank) => bankCode(bank) !== undefined),
    ),
  ),
});
type Form = v.InferOutput<typeof Form>;

export function createWindow(state: SandboxState): Hono {
  const app = new Hono();

  app.get("/window/:paymentKey", (c) => show(c, state.findPayment(c.req.param("paymentKey"))));

  app.post("/window/:paymentKey", async (c) => {
    const payment = state.findPayment(c.req.param("paymentKey"));
    const form = v.safeParse(Form, await c.req.parseBody());
    if (payment === undefined || !form.success) return show(c, payment);
    const outcome = act(state, payment, form.output);
    if ("refusal" in outcome) return show(c, payment);
    if (c.req.header("accept") === "application/json") return c.json(outcome);
    if (outcome.redirectUrl !== null) return c.redirect(outcome.redirectUrl, 303);
    return show(c, state.findPayment(payment.paymentKey));
  });

  function show(c: Context, payment: Payment | undefined) {
    c.header("content-security-policy", pagePolicy(payment));
    c.header("cache-control", "no-store");
    c.header("referrer-policy", "no-referrer");
    if (payment === undefined) {
      const text = "결제 정보를 찾을 수 없습니다. 가맹점에서 다시 결제해 주세요.";
      const title = "결제를 찾을 수 없습니다";
      return c.html(page(<Notice title={title} text={text} />, { title }), 404);
    }
    const { paymentKey, openerOrigin } = payment;
    const isOpen = payment.status === "READY";
    const options = { title: isOpen ? "결제하기" : "결제 상태", paymentKey, openerOrigin };
    const content = isOpen ? <Choices payment={payment} /> : <Over payment={payment} />;
    return c.html(page(content, options), isOpen || c.req.method === "GET" ? 200 : 409);
  }

  /** A payment whose window is over; one that waits for its confirm leads back to the shop. */
  function Over({ payment }: { payment: Payment }) {
    if (payment.status === "EXPIRED") {
      const text = "결제 시간이 지나 이 결제는 끝났습니다. 가맹점에서 다시 결제해 주세요.";
      return <Notice title="결제 시간이 지났습니다" text={text} />;
    }
    if (payment.status === "IN_PROGRESS") {
      const outcome = authenticate(state, payment, {});
      const href = "redirectUrl" in outcome ? outcome.redirectUrl : null;
      const text = "인증을 이미 마쳤습니다. 가맹점으로 돌아가면 결제가 이어집니다.";
      return <Notice title="이미 인증한 결제입니다" text={text} href={href} />;
    }
    const text = "이 결제창은 이미 쓰였습니다. 결과는 가맹점에서 확인해 주세요.";
    return <Notice title="이미 끝난 결제입니다" text={text} />;
  }

  return app;
}

function act(state: SandboxState, payment: Payment, form: Form): WindowOutcome {
  switch (form.choice) {
    case "approve":
      return authenticate(state, payment, authenticationOf(form));
    case "cancel":
    case "close":
      return cancelWindow(payment);
    case "PAY_PROCESS_ABORTED":
    case "REJECT_CARD_COMPANY":
      return failWindow(state, payment, { code: form.choice });
  }
}

function authenticationOf({ confirm, bank }: Form): Authentication {
  const [fault = "", detail] = confirm.split(":");
  const wish = {
    fault,
    ...(detail === undefined
      ? {}
      : /^\d+$/.test(detail)
        ? { delayMs: Number(detail) }
        : { code: detail }),
  };
  return {
    ...(fault === "" ? {} : { confirm: v.parse(Fault, wish) }),
    ...(bank === undefined ? {} : { bank }),
  };
}

function Choices({ payment }: { payment: Payment }) {
  const shop = URL.parse(payment.successUrl ?? payment.openerOrigin ?? "")?.host;
  const method =
    payment.wallet === null
      ? methodWord(payment.method, "ko")
      : (walletName(payment.wallet, "ko") ?? payment.wallet);
  return (
    <form method="post" action={`/window/${payment.paymentKey}`}>
      <div class="head">
        <h1>결제하기</h1>
        <button class="plain" name="choice" value="close">
          닫기
        </button>
      </div>
      <p class="amount">{money(payment.totalAmount, payment.currency)}</p>
      <p class="name">{payment.orderName}</p>
      <dl>
        <dt>가맹점</dt>
        <dd>{shop ?? "테스트 상점"}</dd>
        <dt>결제 수단</dt>
        <dd>{method}</dd>
        <dt>주문번호</dt>
        <dd>{payment.orderId}</dd>
      </dl>
      {payment.method === "VIRTUAL_ACCOUNT" ? (
        <>
          <label for="bank">입금할 은행</label>
          <select id="bank" name="bank">
            {accountBanks.map((bank) => (
              <option value={bank.code}>{bank.name}</option>
            ))}
          </select>
        </>
      ) : (
        ""
      )}
      <label for="confirm">승인 결과 선택</label>
      <select id="confirm" name="confirm" aria-describedby="confirm-help">
        {outcomes.map(([value, name]) => (
          <option value={value}>{name}</option>
        ))}
      </select>
      <p class="soft below" id="confirm-help">
        가맹점이 승인을 요청할 때 일어날 일을 고릅니다.
      </p>
      <button class="primary" name="choice" value="approve">
        {payment.method === "VIRTUAL_ACCOUNT" ? "입금 계좌 발급받기" : "인증하고 결제하기"}
      </button>
      <h2>인증이 실패하는 경우</h2>
      <div class="pair">
        <button name="choice" value="PAY_PROCESS_ABORTED">
          인증 실패
        </button>
        <button name="choice" value="REJECT_CARD_COMPANY">
          카드사 거절
        </button>
      </div>
      <button class="below" name="choice" value="cancel">
        결제 취소
      </button>
    </form>
  );
}
