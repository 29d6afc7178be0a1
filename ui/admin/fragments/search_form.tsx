import { Icon } from "../../fragments/icon.tsx";

type SearchFormProps = {
  readonly action: string;
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly submit: string;
  readonly hint?: string;
  /** Other query parameters to keep. */
  readonly hidden?: Readonly<Record<string, string | undefined>>;
};

/** A search box whose text is a query parameter. */
export const SearchForm = (props: SearchFormProps) => {
  const { action, name, label, value, submit, hint, hidden = {} } = props;
  return (
    <form class="filters" method="get" action={action} role="search">
      <div class="search">
        <label class="sr-only" for={name}>
          {label}
        </label>
        <Icon name="search" />
        <input
          id={name}
          name={name}
          type="search"
          value={value ?? ""}
          placeholder={label}
          maxlength={200}
          autocomplete="off"
          aria-describedby={hint === undefined ? undefined : `${name}-hint`}
        />
        <button class="button primary">{submit}</button>
      </div>
      {hint !== undefined && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {Object.entries(hidden).map(
        ([field, kept]) => kept !== undefined && <input type="hidden" name={field} value={kept} />,
      )}
    </form>
  );
};
