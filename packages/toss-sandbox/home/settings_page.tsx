/** @jsxImportSource hono/jsx */
// The clock, the settings for behaviour that Toss's documents do not specify, and the reset.

import { Choice, Field, Tick, type Typed } from "./field.tsx";
import { type Scene, timeText } from "./home_frame.tsx";
import { listTossCodes } from "../toss_codes.ts";

/** The buttons' durations in ms, in the order of `t.advance`. */
export const advances = [10 * 60_000, 30 * 60_000, 86_400_000] as const;

export function SettingsPage({ scene, typed }: { scene: Scene; typed: Typed }) {
  const { t, state } = scene;
  const settings = state.settings();
  return (
    <>
      <h1>{t.settingsTitle}</h1>
      <section class="card" aria-labelledby="clock">
        <h2 id="clock">{t.clock}</h2>
        <p class="big" data-live="clock">
          {timeText(state.now())}
        </p>
        <p class="soft">{t.clockHelp}</p>
        <form method="post" action="/clock" class="buttons">
          {advances.map((ms, index) => (
            <button name="advance" value={ms}>
              {t.advance[index]}
            </button>
          ))}
        </form>
        <form method="post" action="/clock" class="fields">
          <Field
            name="count"
            label={t.advanceBy}
            type="number"
            min={0}
            step="any"
            required
            value={typed["count"]}
          />
          <Choice
            name="unit"
            label={t.unit}
            options={Object.entries(t.units)}
            value={typed["unit"]}
          />
          <p class="last">
            <button class="primary">{t.advanceFree}</button>
          </p>
        </form>
      </section>
      <section class="card" aria-labelledby="open-points">
        <h2 id="open-points">{t.openPoints}</h2>
        <form method="post" action="/settings" class="fields">
          <Field
            name="rateLimitPerMinute"
            label={t.rateLimit}
            type="number"
            min={0}
            required
            value={typed["rateLimitPerMinute"] ?? settings.rateLimitPerMinute}
          />
          <Field
            name="amountMismatchCode"
            label={t.amountMismatch}
            list="codes"
            required
            value={typed["amountMismatchCode"] ?? settings.amountMismatchCode}
          />
          <datalist id="codes">
            {listTossCodes().map((code) => (
              <option value={code}></option>
            ))}
          </datalist>
          <div class="ticks">
            <Tick
              name="keepServerErrors"
              label={t.keepServerErrors}
              checked={settings.keepServerErrors}
            />
            <Tick name="isTaxedOnly" label={t.isTaxedOnly} checked={settings.isTaxedOnly} />
          </div>
          <p class="last">
            <button class="primary">{t.save}</button>
          </p>
        </form>
      </section>
      <section class="card" aria-labelledby="reset">
        <h2 id="reset">{t.reset}</h2>
        <p class="soft">{t.resetHelp}</p>
        <p class="buttons">
          <a class="button danger" href="/reset">
            {t.reset}
          </a>
        </p>
      </section>
    </>
  );
}

export function ResetPage({ scene: { t, reads } }: { scene: Scene }) {
  return (
    <section class="card narrow">
      <h1>{t.resetSure}</h1>
      <p>{t.resetText(reads.countPayments().toLocaleString("ko-KR"))}</p>
      <form method="post" action="/reset" class="buttons">
        <button class="danger">{t.resetYes}</button>
        <a class="button" href="/settings">
          {t.back}
        </a>
      </form>
    </section>
  );
}
