import { listBanks } from "../../bank_names.ts";
import { describedBy, FieldError } from "../../fragments/field.tsx";
import type { RefundAccountFault, RefundAccountForm } from "../../refund_account_form.ts";
import type { AdminScene } from "../admin_scene.ts";
import { TextField } from "./forms.tsx";

type AccountFieldsProps = {
  readonly scene: AdminScene;
  /** A prefix for ids, because a page may have two of these forms. */
  readonly prefix: string;
  readonly form: RefundAccountForm | undefined;
  readonly faults: readonly RefundAccountFault[];
};

/** The account for a refund. */
export const AccountFields = ({ scene, prefix, form, faults }: AccountFieldsProps) => {
  const { refundAccount: words } = scene.shopper;
  const error = (field: RefundAccountFault) =>
    faults.includes(field) ? words.faults[field] : undefined;
  const bankId = `${prefix}-bank`;
  return (
    <>
      <div class="field">
        <label for={bankId}>{words.bank}</label>
        <select
          id={bankId}
          name="bank"
          aria-invalid={error("bank") === undefined ? undefined : "true"}
          aria-describedby={describedBy(bankId, error("bank"))}
        >
          <option value="">{words.chooseBank}</option>
          {listBanks(scene.language).map(({ code, name }) => (
            <option value={code} selected={code === form?.bank}>
              {name}
            </option>
          ))}
        </select>
        <FieldError field={bankId} error={error("bank")} />
      </div>
      <TextField
        id={`${prefix}-number`}
        name="accountNumber"
        label={words.accountNumber}
        value={form?.accountNumber}
        error={error("accountNumber")}
        input={{ inputmode: "numeric", autocomplete: "off", maxlength: 30 }}
      />
      <TextField
        id={`${prefix}-holder`}
        name="holderName"
        label={words.holderName}
        value={form?.holderName}
        error={error("holderName")}
        input={{ autocomplete: "off", maxlength: 60 }}
      />
    </>
  );
};
