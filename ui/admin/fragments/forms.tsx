import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { describedBy, FieldError } from "../../fragments/field.tsx";
import type { AdminScene } from "../admin_scene.ts";
import { WarnNotice } from "./notices.tsx";

type InputProps = {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly value?: string | undefined;
  readonly error?: string | undefined;
  readonly hint?: string;
  readonly input?: JSX.IntrinsicElements["input"];
};

/** A labelled text field with its error. Ids differ from names, because a page has several forms. */
export const TextField = ({ id, name, label, value, error, hint, input }: InputProps) => (
  <div class="field">
    <label for={id}>{label}</label>
    <input
      {...input}
      id={id}
      name={name}
      value={value ?? ""}
      aria-invalid={error === undefined ? undefined : "true"}
      aria-describedby={describedBy(id, error, hint)}
    />
    {hint !== undefined && (
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    )}
    <FieldError field={id} error={error} />
  </div>
);

/** In characters. */
export const reasonMax = 200;

type ReasonProps = {
  readonly scene: AdminScene;
  readonly id: string;
  readonly value?: string | undefined;
  readonly error?: string | undefined;
};

export const ReasonField = ({ scene, id, value, error }: ReasonProps) => {
  const { reason, reasonHint } = scene.t.frame;
  const input = { required: true, maxlength: reasonMax, autocomplete: "off" } as const;
  return (
    <TextField
      id={id}
      name="reason"
      label={reason}
      value={value}
      error={error}
      hint={reasonHint}
      input={input}
    />
  );
};

type ConfirmProps = {
  readonly action: string;
  /** The text that opens the form. */
  readonly label: string;
  /** The action's effect, shown before the operator submits. */
  readonly what: string;
  readonly submit: string;
  readonly isDanger?: boolean;
  /** Opens the form and shows this message. */
  readonly refused?: string | undefined;
  readonly hidden?: Readonly<Record<string, string>>;
  readonly children?: Child;
};

/** An action with a confirmation: one press opens the form, one submits it. Works without JavaScript. */
export const ConfirmAction = (props: ConfirmProps) => {
  const { action, label, what, submit, isDanger, refused, hidden = {}, children } = props;
  return (
    <details class="confirm" open={refused !== undefined}>
      <summary class={isDanger ? "button danger" : "button"}>{label}</summary>
      <form method="post" action={action} data-once novalidate>
        <WarnNotice text={refused} />
        <p>{what}</p>
        {Object.entries(hidden).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {children}
        <button class={isDanger ? "button danger fill" : "button primary"}>{submit}</button>
      </form>
    </details>
  );
};
