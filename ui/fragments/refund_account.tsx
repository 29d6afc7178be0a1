import { listBanks } from "../bank_names.ts";
import type { OrderScreen } from "../order_screen.ts";
import type { Scene } from "../scene.ts";
import { describedBy, Field, FieldError } from "./field.tsx";

/** The owner's form for a refund account: Toss cannot refund a late deposit without one. */
export const RefundAccountCard = ({ scene, screen }: { scene: Scene; screen: OrderScreen }) => {
  const { refundAccount: words } = scene.t;
  const { form, faults = [] } = screen.refundAccount ?? {};
  const error = (field: keyof typeof words.faults) =>
    faults.includes(field) ? words.faults[field] : undefined;
  return (
    <form
      id="refund-account"
      class="card pay"
      method="post"
      action={`/orders/${screen.order.orderId}/refund-account`}
      aria-labelledby="refund-account-title"
      novalidate
      data-once
      hx-morph-skip
    >
      <h2 id="refund-account-title">{words.title}</h2>
      <div class="field">
        <label for="bank">{words.bank}</label>
        <select
          id="bank"
          name="bank"
          required
          autofocus={faults[0] === "bank"}
          aria-invalid={error("bank") ? "true" : undefined}
          aria-describedby={describedBy("bank", error("bank"))}
        >
          <option value="">{words.chooseBank}</option>
          {listBanks(scene.language).map(({ code, name }) => (
            <option value={code} selected={code === form?.bank}>
              {name}
            </option>
          ))}
        </select>
        <FieldError field="bank" error={error("bank")} />
      </div>
      <Field
        name="accountNumber"
        label={words.accountNumber}
        value={form?.accountNumber ?? ""}
        error={error("accountNumber")}
        focus={faults[0] === "accountNumber"}
        input={{ inputmode: "numeric", autocomplete: "off", maxlength: 30 }}
      />
      <Field
        name="holderName"
        label={words.holderName}
        value={form?.holderName ?? ""}
        error={error("holderName")}
        hint={words.hint}
        focus={faults[0] === "holderName"}
        input={{ autocomplete: "name", maxlength: 60 }}
      />
      <button class="primary pay-button">
        <span class="idle">{words.submit}</span>
        <span class="busy">{words.sending}</span>
      </button>
    </form>
  );
};
