import type { JSX } from "hono/jsx/jsx-runtime";

type FieldProps = {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly error?: string | undefined;
  readonly hint?: string;
  /** The first invalid field gets the focus. */
  readonly focus?: boolean;
  readonly input: JSX.IntrinsicElements["input"];
};

/** A labelled text field with its help text and its error. */
export const Field = ({ name, label, value, error, hint, ...rest }: FieldProps) => (
  <div class="field">
    <label for={name}>{label}</label>
    <input
      {...rest.input}
      id={name}
      name={name}
      value={value}
      required
      autofocus={rest.focus}
      aria-invalid={error ? "true" : undefined}
      aria-describedby={describedBy(name, error, hint)}
    />
    {hint !== undefined && (
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
    )}
    <FieldError field={name} error={error} />
  </div>
);

export const FieldError = ({ field, error }: { field: string; error: string | undefined }) =>
  error === undefined ? (
    <></>
  ) : (
    <p class="field-error" id={`${field}-error`}>
      {error}
    </p>
  );

export function describedBy(field: string, error?: string, hint?: string): string | undefined {
  const ids = [error !== undefined && `${field}-error`, hint !== undefined && `${field}-hint`];
  return ids.filter(Boolean).join(" ") || undefined;
}
