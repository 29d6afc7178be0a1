import { Field } from "../fragments/field.tsx";
import { Icon } from "../fragments/icon.tsx";
import type { Scene } from "../scene.ts";

export type FindForm = { readonly orderNumber: string; readonly email: string };
export type FindFault = keyof FindForm;

type FindPageProps = {
  readonly scene: Scene;
  readonly form: FindForm;
  readonly faults: readonly FindFault[];
  /** The same for an unknown order and for another address. */
  readonly notice?: "missed" | "tooMany" | undefined;
};

/** Finds an order by its number and e-mail address. */
export const FindPage = ({ scene, form, faults, notice }: FindPageProps) => {
  const { find: words } = scene.t;
  const error = (field: FindFault) => (faults.includes(field) ? words.faults[field] : undefined);
  return (
    <div class="find">
      <div class="intro">
        <h1>{words.title}</h1>
        <p>{words.intro}</p>
      </div>
      {notice && (
        <p class="notice warn" role="alert">
          <Icon name="alert" />
          <span>{words[notice]}</span>
        </p>
      )}
      <form class="card" method="post" action="/orders/find" novalidate data-once>
        <Field
          name="orderNumber"
          label={words.orderNumber}
          value={form.orderNumber}
          hint={words.orderNumberHint}
          error={error("orderNumber")}
          focus={faults[0] === "orderNumber"}
          input={{ autocomplete: "off", autocapitalize: "characters", maxlength: 64 }}
        />
        <Field
          name="email"
          label={words.email}
          value={form.email}
          error={error("email")}
          focus={faults[0] === "email"}
          input={{ type: "email", autocomplete: "email", maxlength: 100 }}
        />
        <button class="primary">
          <span class="idle">{words.submit}</span>
          <span class="busy">{words.searching}</span>
        </button>
      </form>
    </div>
  );
};
