/** @jsxImportSource hono/jsx */
// Labelled inputs of the home page's forms.

/** The values of a rejected form, by field name. */
export type Typed = Readonly<Record<string, string>>;

type FieldProps = {
  readonly name: string;
  readonly label: string;
  /** A sentence below the label. */
  readonly help?: string;
  readonly value?: string | number | undefined;
  readonly type?: "text" | "number";
  readonly min?: number;
  readonly max?: number;
  readonly step?: number | "any";
  readonly required?: boolean;
  readonly maxlength?: number;
  /** The id of a datalist. */
  readonly list?: string;
};

export function Field({ name, label, help, type = "text", ...rest }: FieldProps) {
  return (
    <p class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        type={type}
        autocomplete="off"
        aria-describedby={help === undefined ? undefined : `${name}-help`}
        {...rest}
      />
      {help === undefined ? (
        ""
      ) : (
        <span class="soft" id={`${name}-help`}>
          {help}
        </span>
      )}
    </p>
  );
}

type ChoiceProps = {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly value?: string | undefined;
};

export function Choice({ name, label, options, value }: ChoiceProps) {
  return (
    <p class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        {options.map(([option, text]) => (
          <option value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
    </p>
  );
}

export function Tick({ name, label, checked }: { name: string; label: string; checked: boolean }) {
  return (
    <label class="tick">
      <input type="checkbox" name={name} value="yes" checked={checked} />
      {label}
    </label>
  );
}
