import { describedBy, FieldError } from "../../fragments/field.tsx";
import { wonText } from "../../money_text.ts";
import { conditionWords, paymentConditions } from "../../payment_conditions.ts";
import type { AdminScene } from "../admin_scene.ts";
import type { AdminOrder } from "../contract.ts";
import { needsRefundAccount, type SentForm } from "../order_forms.ts";
import { AccountFields } from "./account_fields.tsx";
import { orderPath } from "./badges.tsx";
import { ReasonField } from "./forms.tsx";
import { WarnNotice } from "./notices.tsx";

type RefundFormProps = {
  readonly scene: AdminScene;
  readonly order: AdminOrder;
  readonly sent: SentForm | undefined;
};

/** Toss's limits for a refund of this payment, shown before the operator submits. */
const Limits = ({ scene, order }: Pick<RefundFormProps, "scene" | "order">) => {
  const { refund } = conditionWords(scene.language);
  const limit = paymentConditions(order.payment, scene).find(({ name }) => name === refund);
  return limit ? <p class="muted">{limit.text}</p> : null;
};

/** The tax-free part of a refund: it depends on the returned goods, which only the operator knows. */
const TaxFreeField = ({ scene, order, sent }: RefundFormProps) => {
  const { refund: words } = scene.t.actions;
  const left = wonText(order.actions.refundableTaxFree, scene.language);
  const error = sent?.isTaxFreeFaulty ? words.taxFreeWrong(left) : undefined;
  return (
    <div class="field part">
      <label for="refund-tax-free">{words.taxFree}</label>
      <input
        id="refund-tax-free"
        name="taxFree"
        inputmode="numeric"
        autocomplete="off"
        maxlength={20}
        value={sent?.taxFree ?? ""}
        aria-invalid={error === undefined ? undefined : "true"}
        aria-describedby={describedBy("refund-tax-free", error) ?? "refund-tax-free-what"}
      />
      <p class="muted small" id="refund-tax-free-what">
        {words.taxFreeWhat(left)}
      </p>
      <FieldError field="refund-tax-free" error={error} />
    </div>
  );
};

/** Amount and reason of a refund; submits to a preview, which refunds nothing. */
export const RefundForm = ({ scene, order, sent }: RefundFormProps) => {
  const { actions: words, frame } = scene.t;
  const mine = sent?.form === "refund" ? sent : undefined;
  const sum = wonText(order.actions.refundable, scene.language);
  const isPart = mine?.part !== undefined;
  const wrong = mine?.isUnclear ? words.refund.unclear : words.refund.amountWrong(sum);
  const error = mine?.isPartFaulty ? wrong : undefined;
  return (
    <details class="confirm" id="refund" open={mine !== undefined}>
      <summary class="button">{words.refund.title}</summary>
      <form method="post" action={`${orderPath(order.orderId)}/refund`} novalidate>
        <WarnNotice text={mine?.refused} />
        <p class="muted">{words.refund.left(sum)}</p>
        <Limits scene={scene} order={order} />
        <fieldset class="extent" data-extent hidden={order.payment?.refundLimits?.wholeOnly}>
          <legend class="sr-only">{words.refund.amount}</legend>
          <label>
            <input type="radio" name="extent" value="all" checked={!isPart} />
            <span>{words.refund.all(sum)}</span>
          </label>
          <label>
            <input type="radio" name="extent" value="part" checked={isPart} />
            <span>{words.refund.part}</span>
          </label>
          <div class="field part">
            <label class="sr-only" for="refund-amount">
              {words.refund.amount}
            </label>
            <input
              id="refund-amount"
              name="amount"
              inputmode="numeric"
              autocomplete="off"
              maxlength={20}
              placeholder={words.refund.amount}
              value={mine?.part ?? ""}
              aria-invalid={error === undefined ? undefined : "true"}
              aria-describedby={describedBy("refund-amount", error)}
            />
            <FieldError field="refund-amount" error={error} />
          </div>
          {order.actions.refundableTaxFree > 0 && (
            <TaxFreeField scene={scene} order={order} sent={mine} />
          )}
        </fieldset>
        {needsRefundAccount(order) && (
          <AccountFields
            scene={scene}
            prefix="refund"
            form={mine?.account}
            faults={mine?.accountFaults ?? []}
          />
        )}
        <ReasonField
          scene={scene}
          id="refund-reason"
          value={mine?.reason}
          error={mine?.isReasonFaulty ? frame.reasonMissing : undefined}
        />
        <button class="button primary">{words.refund.next}</button>
      </form>
    </details>
  );
};
