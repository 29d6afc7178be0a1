/** @jsxImportSource hono/jsx */
// The responses of the home page and its subpages.

import type { Context } from "hono";
import type { SandboxState } from "../sandbox_state.ts";
import { FaultsPage } from "./faults_page.tsx";
import type { Typed } from "./field.tsx";
import { type PageContent, type Scene, sceneOf, showPage } from "./home_frame.tsx";
import { createHomeReads } from "./home_reads.ts";
import { PaymentPage } from "./payment_page.tsx";
import { PaymentsPage } from "./payments_page.tsx";
import { ResetPage, SettingsPage } from "./settings_page.tsx";
import { WebhooksPage } from "./webhooks_page.tsx";

/** A rejected form: the code of the reason, and the values to show again. */
export type Refusal = { readonly refusal?: string | undefined; readonly typed?: Typed };

export type HomePages = ReturnType<typeof createHomePages>;

export function createHomePages(state: SandboxState) {
  const reads = createHomeReads(state);

  function show(c: Context, { refusal }: Refusal, page: (scene: Scene) => PageContent) {
    const scene = sceneOf(c, state, reads);
    const shown = page(scene);
    const status = shown.status ?? (refusal === undefined ? 200 : 409);
    return showPage(c, scene, { ...shown, refusal, status });
  }

  return {
    payments: (c: Context) =>
      show(c, {}, (scene) => {
        const search = (c.req.query("q") ?? "").trim().slice(0, 200);
        const listed = search === "" ? reads.listPayments(before(c)) : reads.findPayments(search);
        return {
          title: scene.t.payments,
          section: "payments",
          reloads: search === "",
          content: <PaymentsPage scene={scene} listed={listed} search={search} />,
        };
      }),

    payment: (c: Context, given: Refusal = {}) =>
      show(c, given, (scene) => {
        const payment = state.findPayment(c.req.param("paymentKey") ?? "");
        if (payment === undefined) return missing(scene);
        const { typed = {} } = given;
        return {
          title: payment.orderId,
          section: "payments",
          content: <PaymentPage scene={scene} payment={payment} typed={typed} />,
        };
      }),

    webhooks: (c: Context, given: Refusal = {}) =>
      show(c, given, (scene) => ({
        title: scene.t.webhooks,
        section: "webhooks",
        content: (
          <WebhooksPage scene={scene} listed={reads.listWebhooks(before(c))} typed={given.typed} />
        ),
      })),

    faults: (c: Context, given: Refusal = {}) =>
      show(c, given, (scene) => ({
        title: scene.t.faults,
        section: "faults",
        content: <FaultsPage scene={scene} typed={given.typed ?? {}} />,
      })),

    settings: (c: Context, given: Refusal = {}) =>
      show(c, given, (scene) => ({
        title: scene.t.settingsTitle,
        section: "settings",
        content: <SettingsPage scene={scene} typed={given.typed ?? {}} />,
      })),

    reset: (c: Context) =>
      show(c, {}, (scene) => ({
        title: scene.t.reset,
        section: "settings",
        content: <ResetPage scene={scene} />,
      })),

    /** For forms of another site's page. */
    refused: (c: Context, refusal: string) =>
      show(c, { refusal }, (scene) => {
        const title = scene.t.refused;
        return { title, content: <h1>{title}</h1>, status: 403 };
      }),
  };
}

function missing({ t }: Scene): PageContent {
  return {
    title: t.unknownPayment,
    status: 404,
    content: (
      <section class="card narrow">
        <h1>{t.unknownPayment}</h1>
        <p>{t.unknownPaymentText}</p>
        <p class="buttons">
          <a class="button" href="/">
            {t.payments}
          </a>
        </p>
      </section>
    ),
  };
}

/** The exclusive upper bound of a list page's ids; without the parameter, the newest rows. */
function before(c: Context): number {
  const text = c.req.query("before") ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.MAX_SAFE_INTEGER;
}
