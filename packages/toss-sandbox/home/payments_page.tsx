/** @jsxImportSource hono/jsx */
// The home page: the newest payments, faults, test names, and the values for connecting a shop.

import type { Payment } from "../sandbox_payment.ts";
import { testNames } from "../test_names.ts";
import { methodWord, walletName } from "../toss_methods.ts";
import { windowMessages } from "../window_messages.ts";
import { money } from "../window_page.tsx";
import { PresetButtons } from "./fault_forms.tsx";
import { Pages, type Scene, timeText } from "./home_frame.tsx";
import type { Listed } from "./home_reads.ts";

type Props = { readonly scene: Scene; readonly listed: Listed<Payment>; readonly search: string };

export function PaymentsPage({ scene, listed, search }: Props) {
  const { t, state, reads } = scene;
  return (
    <>
      <div class="head">
        <h1>{t.payments}</h1>
        <form method="get" action="/" role="search" class="search">
          <label class="sr-only" for="q">
            {t.search}
          </label>
          <input id="q" name="q" value={search} placeholder={t.search} maxlength={200} />
          <button>{t.find}</button>
        </form>
      </div>
      <dl class="tiles" data-live="tiles">
        <div>
          <dt>{t.faultsActive}</dt>
          <dd>
            <a href="/faults">{t.activeFaults(state.faults.list().length)}</a>
          </dd>
        </div>
        <div>
          <dt>{t.webhooksWaiting}</dt>
          <dd>
            <a href="/webhooks">{t.waitingWebhooks(reads.countWaitingWebhooks())}</a>
          </dd>
        </div>
      </dl>
      <section class="card" data-live="payments" aria-label={t.payments}>
        {listed.rows.length === 0 ? (
          <p class="empty">{search === "" ? t.noPayments : t.noneFound}</p>
        ) : (
          <ul class="rows">
            {listed.rows.map((payment) => (
              <Row scene={scene} payment={payment} />
            ))}
          </ul>
        )}
        {search === "" ? (
          ""
        ) : (
          <p class="pages">
            <a href="/">{t.all}</a>
          </p>
        )}
        <Pages scene={scene} older={listed.older} />
      </section>
      <section class="card" aria-labelledby="next">
        <h2 id="next">{t.nextCalls}</h2>
        <p class="soft">{t.nextCallsHelp}</p>
        <PresetButtons scene={scene} />
      </section>
      <TestNames scene={scene} />
      <Connection scene={scene} />
    </>
  );
}

function Row({ scene, payment }: { scene: Scene; payment: Payment }) {
  const { t, language, here } = scene;
  const { paymentKey, currency, status, approvedAt, balanceAmount } = payment;
  return (
    <li class="payment">
      <Status scene={scene} payment={payment} />
      <span class="what">
        <a href={`/payments/${paymentKey}`}>{payment.orderId}</a>
        <span class="soft">{payment.orderName}</span>
      </span>
      <span class="method">{methodText(payment, scene)}</span>
      <span class="sum">
        <b>{money(payment.totalAmount, currency, language)}</b>
        {approvedAt === null ? (
          ""
        ) : (
          <span class="soft">
            {t.balance} {money(balanceAmount, currency, language)}
          </span>
        )}
      </span>
      <time class="soft">{timeText(payment.requestedAt)}</time>
      {status === "WAITING_FOR_DEPOSIT" ? (
        <form method="post" action={`/payments/${paymentKey}/deposit`}>
          <input type="hidden" name="back" value={here} />
          <button aria-label={`${t.deposit}: ${payment.orderId}`}>{t.deposit}</button>
        </form>
      ) : (
        <span></span>
      )}
    </li>
  );
}

export function Status({ scene, payment }: { scene: Scene; payment: Payment }) {
  const { status } = payment;
  const tone = { DONE: "good", ABORTED: "bad", EXPIRED: "over", CANCELED: "over" } as const;
  const className = `status ${status in tone ? tone[status as keyof typeof tone] : "open"}`;
  return <span class={className}>{windowMessages(scene.language).statuses[status]}</span>;
}

export function methodText({ wallet, method }: Payment, { language }: Scene): string {
  return wallet === null ? methodWord(method, language) : (walletName(wallet, language) ?? wallet);
}

function TestNames({ scene: { t, language } }: { scene: Scene }) {
  return (
    <section class="card" aria-labelledby="test-names">
      <h2 id="test-names">{t.testNames}</h2>
      <p class="soft">{t.testNamesHelp}</p>
      <dl class="names">
        {testNames.map((test) => (
          <div>
            <dt>
              <code>{test.name}</code>
            </dt>
            <dd>{test[language]}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Connection({ scene: { t, state } }: { scene: Scene }) {
  const names = t.connectNames;
  const rows = [
    [names.api, `${state.publicUrl()}/v1`],
    [names.sdk, `${state.publicUrl()}/v2/standard`],
    [names.clientKey, state.clientKey],
    [names.secretKey, state.secretKey],
    [names.webhook, state.webhookUrl ?? t.noWebhookUrl],
  ];
  return (
    <section class="card" aria-labelledby="connect">
      <h2 id="connect">{t.connect}</h2>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              <code>{value}</code>
            </dd>
          </div>
        ))}
        {state.webhookUrl !== undefined && (
          <div>
            <dt>{names.mails}</dt>
            <dd>
              <a href={mailsUrl(state.webhookUrl, state.publicUrl())} rel="noreferrer">
                {t.mailsInConsole}
              </a>
            </dd>
          </div>
        )}
        <div>
          <dt>{names.window}</dt>
          <dd>{t.windowLanguage}</dd>
        </div>
      </dl>
    </section>
  );
}

/** The console's page of mails. A loopback address is this machine's own, and the browser has a name for this machine. */
function mailsUrl(webhookUrl: string, publicUrl: string): string {
  const url = new URL("/admin/events/mails", webhookUrl);
  if (url.hostname === "127.0.0.1") url.hostname = new URL(publicUrl).hostname;
  return url.href;
}
