import type { RefundRequestView } from "../contract.ts";
import type { OrderScreen } from "../order_screen.ts";
import { isRefundRequestKind, refundTextMax } from "../refund_request_form.ts";
import type { Scene } from "../scene.ts";
import { timeText } from "../time_text.ts";
import { describedBy, FieldError } from "./field.tsx";
import { Icon } from "./icon.tsx";

type RefundRequestProps = { readonly scene: Scene; readonly screen: OrderScreen };

/** True while a refund may be requested from this page. */
export function takesRefundRequest({ order, owned, state }: OrderScreen): boolean {
  const isPaid = state === "confirmed" || state === "partially_refunded";
  const { status } = order.refundRequest ?? {};
  return owned && isPaid && status !== "requested" && status !== "granting";
}

/** The state of the shopper's newest request, and the shop's reply. */
export const RefundRequestCard = ({ scene, screen }: RefundRequestProps) => {
  const { refundRequest: words } = scene.t;
  const { order } = screen;
  const request = order.refundRequest as RefundRequestView;
  return (
    <section class="card refund-request" aria-labelledby="refund-request-title">
      <h2 id="refund-request-title">{words.title}</h2>
      <p class={request.status === "declined" ? "notice warn" : "notice"}>
        <Icon name={request.status === "declined" ? "alert" : "info"} />
        <span>{words.states[request.status]}</span>
      </p>
      <dl class="facts stacked">
        {request.answer !== null && (
          <div>
            <dt>{words.answer}</dt>
            <dd>{request.answer}</dd>
          </div>
        )}
        <div>
          <dt>{words.kind}</dt>
          <dd>
            {words.kinds[request.kind]}
            {request.text !== "" && (
              <>
                <br />
                {request.text}
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{words.requestedAt}</dt>
          <dd>{timeText(request.requestedAt, scene)}</dd>
        </div>
      </dl>
      {request.status === "requested" && (
        <form method="post" action={`/orders/${order.orderId}/refund-request/withdraw`} data-once>
          <button class="secondary">
            <span class="idle">{words.withdraw}</span>
            <span class="busy">{words.withdrawing}</span>
          </button>
        </form>
      )}
    </section>
  );
};

/** The form for a refund request, folded. */
export const RefundRequestForm = ({ scene, screen }: RefundRequestProps) => {
  const { refundRequest: words } = scene.t;
  const { form, faults = [] } = screen.refundRequest ?? {};
  const error = (field: keyof typeof words.faults) =>
    faults.includes(field) ? words.faults[field] : undefined;
  return (
    <details class="cancel" id="refund-request" hx-morph-skip open={faults.length > 0}>
      <summary>{words.open}</summary>
      <form
        method="post"
        action={`/orders/${screen.order.orderId}/refund-request`}
        novalidate
        data-once
      >
        <p>{words.intro}</p>
        <div class="field">
          <label for="kind">{words.kind}</label>
          <select
            id="kind"
            name="kind"
            required
            autofocus={faults[0] === "kind"}
            aria-invalid={error("kind") ? "true" : undefined}
            aria-describedby={describedBy("kind", error("kind"))}
          >
            <option value="">{words.chooseKind}</option>
            {Object.entries(words.kinds).map(([kind, text]) => (
              <option value={kind} selected={isRefundRequestKind(kind) && kind === form?.kind}>
                {text}
              </option>
            ))}
          </select>
          <FieldError field="kind" error={error("kind")} />
        </div>
        <div class="field">
          <label for="text">{words.text}</label>
          <textarea
            id="text"
            name="text"
            rows={4}
            maxlength={refundTextMax}
            autofocus={faults[0] === "text"}
            aria-invalid={error("text") ? "true" : undefined}
            aria-describedby={describedBy("text", error("text"), words.textHint)}
          >
            {form?.text ?? ""}
          </textarea>
          <p class="hint" id="text-hint">
            {words.textHint}
          </p>
          <FieldError field="text" error={error("text")} />
        </div>
        <button class="primary">
          <span class="idle">{words.submit}</span>
          <span class="busy">{words.sending}</span>
        </button>
      </form>
    </details>
  );
};
