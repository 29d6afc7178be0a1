type ChoiceChipsProps = {
  readonly label: string;
  readonly choices: readonly {
    readonly href: string;
    readonly text: string;
    readonly isChosen: boolean;
  }[];
};

/** Links, one of which is the current choice. */
export const ChoiceChips = ({ label, choices }: ChoiceChipsProps) => (
  <div class="chips" role="group" aria-label={label}>
    <span class="chips-name" aria-hidden="true">
      {label}
    </span>
    {choices.map(({ href, text, isChosen }) => (
      <a href={href} aria-current={isChosen ? "true" : undefined}>
        {text}
      </a>
    ))}
  </div>
);
