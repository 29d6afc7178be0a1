/** @jsxImportSource hono/jsx */
// The active faults, buttons for the common ones, and a form for all.

import type { FaultOrder } from "../sandbox_faults.ts";
import { faultNames, operations } from "../sandbox_faults.ts";
import { listTossCodes } from "../toss_codes.ts";
import { faultScope, faultText, PresetButtons } from "./fault_forms.tsx";
import { Choice, Field, type Typed } from "./field.tsx";
import type { Scene } from "./home_frame.tsx";

export function FaultsPage({ scene, typed }: { scene: Scene; typed: Typed }) {
  const { t, state } = scene;
  const faults = state.faults.list();
  return (
    <>
      <h1>{t.faults}</h1>
      <section class="card" aria-label={t.faultsActive} data-live="faults">
        {faults.length === 0 ? (
          <p class="empty">{t.noFaults}</p>
        ) : (
          <>
            <ul class="rows">
              {faults.map((fault) => (
                <Row scene={scene} fault={fault} />
              ))}
            </ul>
            <form method="post" action="/faults/clear">
              <button class="danger">{t.clear}</button>
            </form>
          </>
        )}
      </section>
      <section class="card" aria-labelledby="next">
        <h2 id="next">{t.nextCalls}</h2>
        <p class="soft">{t.nextCallsHelp}</p>
        <PresetButtons scene={scene} />
      </section>
      <section class="card" aria-labelledby="add">
        <h2 id="add">{t.addFault}</h2>
        <FaultForm scene={scene} typed={typed} />
      </section>
    </>
  );
}

function Row({ scene, fault }: { scene: Scene; fault: FaultOrder }) {
  const { t } = scene;
  const text = faultText(fault, scene);
  return (
    <li class="fault">
      <span class="what">
        <b>{text}</b>
        <span class="soft">{faultScope(fault, scene)}</span>
      </span>
      <form method="post" action="/faults/remove">
        <input type="hidden" name="fault" value={JSON.stringify(fault)} />
        <button aria-label={`${t.remove}: ${text}`}>{t.remove}</button>
      </form>
    </li>
  );
}

function FaultForm({ scene: { t }, typed }: { scene: Scene; typed: Typed }) {
  return (
    <form method="post" action="/faults" class="fields">
      <Choice
        name="operation"
        label={t.operation}
        options={operations.map((name) => [name, t.operations[name]] as const)}
        value={typed["operation"]}
      />
      <Choice
        name="fault"
        label={t.fault}
        options={faultNames.map((name) => [name, t.faultNames[name]] as const)}
        value={typed["fault"]}
      />
      <Field name="code" label={t.code} help={t.codeHelp} value={typed["code"]} list="codes" />
      <datalist id="codes">
        {listTossCodes().map((code) => (
          <option value={code}></option>
        ))}
      </datalist>
      <Field
        name="delayMs"
        label={t.delayMs}
        type="number"
        min={0}
        max={3_600_000}
        value={typed["delayMs"]}
      />
      <Field
        name="times"
        label={t.times}
        help={t.timesHelp}
        type="number"
        min={1}
        value={typed["times"] ?? "1"}
      />
      <Field
        name="rate"
        label={t.rate}
        type="number"
        min={0}
        max={1}
        step="any"
        value={typed["rate"]}
      />
      <Field
        name="orderId"
        label={t.onlyOrder}
        help={t.onlyOrderHelp}
        maxlength={64}
        value={typed["orderId"]}
      />
      <p class="last">
        <button class="primary">{t.add}</button>
      </p>
    </form>
  );
}
