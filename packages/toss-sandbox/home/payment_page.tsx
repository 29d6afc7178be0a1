/** @jsxImportSource hono/jsx */
// The page of one payment: its data, the available actions, its transactions and webhooks.

import { paymentJson } from "../payment_json.ts";
import type { Payment, Transaction } from "../sandbox_payment.ts";
import { findTossCode } from "../toss_codes.ts";
import { accountBanks } from "../toss_methods.ts";
import { windowMessages } from "../window_messages.ts";
import { money } from "../window_page.tsx";
import { Choice, Field, type Typed } from "./field.tsx";
import { type Scene, timeText } from "./home_frame.tsx";
import { methodText, Status } from "./payments_page.tsx";
import { WebhookList } from "./webhooks_page.tsx";

type Props = { readonly scene: Scene; readonly payment: Payment; readonly typed?: Typed };

export function PaymentPage({ scene, payment, typed = {} }: Props) {
  const { t, reads, state, language } = scene;
  const { paymentKey } = payment;
  const view = { publicUrl: state.publicUrl(), language: "ko", now: state.now() } as const;
  return (
    <>
      <div class="head">
        <h1>
          <span class="soft">{t.payment}</span> {payment.orderId}
        </h1>
      </div>
      <div class="columns">
        <div>
          <section class="card" data-live="facts" aria-label={t.payment}>
            <p class="top-line">
              <Status scene={scene} payment={payment} />
            </p>
            <p class="big">{money(payment.totalAmount, payment.currency, language)}</p>
            <p>{payment.orderName}</p>
            <Facts scene={scene} payment={payment} />
          </section>
          <section
            class="card"
            data-live="actions"
            data-typed={Object.keys(typed).length > 0 ? "yes" : undefined}
            aria-labelledby="actions"
          >
            <h2 id="actions">{t.actions}</h2>
            <Actions scene={scene} payment={payment} typed={typed} />
          </section>
          <section class="card" data-live="transactions" aria-labelledby="transactions">
            <h2 id="transactions">{t.transactions}</h2>
            <Transactions
              scene={scene}
              payment={payment}
              rows={reads.listTransactionsOf(paymentKey)}
            />
          </section>
        </div>
        <div>
          <section class="card" data-live="webhooks" aria-labelledby="webhooks">
            <h2 id="webhooks">{t.webhooks}</h2>
            <WebhookList scene={scene} listed={reads.listWebhooksOf(paymentKey)} />
          </section>
          <section class="card" data-live="json" aria-labelledby="json">
            <h2 id="json">{t.tossJson}</h2>
            <pre tabindex={0} role="group" aria-labelledby="json">
              {JSON.stringify(paymentJson(payment, view), null, 2)}
            </pre>
          </section>
        </div>
      </div>
    </>
  );
}

function Facts({ scene, payment }: { scene: Scene; payment: Payment }) {
  const { t, state, language } = scene;
  const { virtualAccount: account, failure, approvedAt, currency, paymentKey } = payment;
  const bank = accountBanks.find(({ code }) => code === account?.bankCode)?.[language];
  const isOverdue = account !== null && state.now() > account.dueAt;
  const reason = findTossCode(failure?.code ?? "")?.[language] ?? failure?.message;
  const rows = [
    [t.balance, approvedAt === null ? undefined : money(payment.balanceAmount, currency, language)],
    [t.method, methodText(payment, scene)],
    [t.account, account && `${bank ?? account.bankCode} ${account.accountNumber}`],
    [t.dueAt, account && `${timeText(account.dueAt)}${isOverdue ? ` ${t.isOverdue}` : ""}`],
    [t.failure, failure && `${failure.code}: ${reason}`],
    [t.requestedAt, timeText(payment.requestedAt)],
    [t.approvedAt, approvedAt === null ? undefined : timeText(approvedAt)],
    [t.paymentKey, paymentKey],
  ] as const;
  return (
    <>
      <dl class="facts">
        {rows.map(([name, value]) =>
          value == null ? (
            ""
          ) : (
            <div>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
      {payment.status === "READY" ? (
        <p class="buttons">
          <a class="button" href={`/window/${paymentKey}`}>
            {t.openWindow}
          </a>
        </p>
      ) : approvedAt === null ? (
        ""
      ) : (
        <p class="buttons">
          <a class="button" href={`/receipt/redirection?transactionId=${paymentKey}&ref=PX`}>
            {t.receipt}
          </a>
        </p>
      )}
    </>
  );
}

function Actions({ scene, payment, typed }: Required<Props>) {
  const { t, state } = scene;
  const { status, virtualAccount, balanceAmount } = payment;
  const isWaiting = status === "WAITING_FOR_DEPOSIT" && virtualAccount !== null;
  const isOverdue = isWaiting && state.now() > virtualAccount.dueAt;
  const canRefund = (status === "DONE" || status === "PARTIAL_CANCELED") && balanceAmount > 0;
  const expires =
    status === "READY"
      ? t.expireWindow
      : status === "IN_PROGRESS"
        ? t.expireAuthentication
        : isWaiting && !isOverdue
          ? t.expireAccount
          : undefined;
  const canReverse = status === "DONE" && virtualAccount !== null;
  if (!canRefund && expires === undefined) return <p class="empty">{t.noActions}</p>;
  const { paymentKey } = payment;
  return (
    <>
      {isWaiting && !isOverdue ? (
        <Press path={`${paymentKey}/deposit`} text={t.deposit} help={t.depositHelp} primary />
      ) : (
        ""
      )}
      {canReverse ? (
        <Press path={`${paymentKey}/reverse`} text={t.reverse} help={t.reverseHelp} />
      ) : (
        ""
      )}
      {expires === undefined ? "" : <Press path={`${paymentKey}/expire`} text={expires} />}
      {canRefund ? <Refund scene={scene} payment={payment} typed={typed} /> : ""}
      <p>
        <a href={`/faults?orderId=${encodeURIComponent(payment.orderId)}#add`}>{t.breakOrder}</a>
      </p>
    </>
  );
}

type PressProps = {
  readonly path: string;
  readonly text: string;
  readonly help?: string;
  readonly primary?: boolean;
};

function Press({ path, text, help, primary = false }: PressProps) {
  return (
    <form method="post" action={`/payments/${path}`} class="press">
      <button class={primary ? "primary" : ""}>{text}</button>
      {help === undefined ? "" : <span class="soft">{help}</span>}
    </form>
  );
}

/** A full or partial refund; a deposit needs a refund account. */
function Refund({ scene, payment, typed }: Required<Props>) {
  const { t, language } = scene;
  const banks = accountBanks.map((bank) => [bank.code, bank[language]] as const);
  return (
    <form method="post" action={`/payments/${payment.paymentKey}/refund`} class="fields refund">
      <h3>{t.refund}</h3>
      <Field
        name="cancelAmount"
        label={t.refundAmount}
        help={t.refundAll}
        type="number"
        min={1}
        max={payment.balanceAmount}
        value={typed["cancelAmount"]}
      />
      <Field
        name="cancelReason"
        label={t.refundReason}
        required
        maxlength={200}
        value={typed["cancelReason"] ?? t.refundReasonUsual}
      />
      {payment.virtualAccount === null ? (
        ""
      ) : (
        <>
          <Choice name="bank" label={t.bank} options={banks} value={typed["bank"]} />
          <Field
            name="accountNumber"
            label={t.accountNumber}
            required
            maxlength={20}
            value={typed["accountNumber"]}
          />
          <Field
            name="holderName"
            label={t.holder}
            required
            maxlength={60}
            value={typed["holderName"] ?? payment.customerName ?? ""}
          />
        </>
      )}
      <p class="last">
        <button class="primary">{t.refund}</button>
        <span class="soft">{t.refundHelp}</span>
      </p>
    </form>
  );
}

type TransactionsProps = {
  readonly scene: Scene;
  readonly payment: Payment;
  readonly rows: readonly Transaction[];
};

function Transactions({ scene: { t, language }, payment, rows }: TransactionsProps) {
  const { statuses } = windowMessages(language);
  if (rows.length === 0) return <p class="empty">{t.noTransactions}</p>;
  return (
    <ul class="rows">
      {rows.map((row) => (
        <li class="transaction">
          <span class="what">
            <b>{statuses[row.status]}</b>
            <span class="soft">{row.transactionKey}</span>
          </span>
          <span class="sum">
            <b>{money(row.amount, payment.currency, language)}</b>
            <time class="soft">{timeText(row.at)}</time>
          </span>
        </li>
      ))}
    </ul>
  );
}
