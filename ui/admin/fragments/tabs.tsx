type TabsProps = {
  readonly label: string;
  readonly tabs: readonly {
    readonly href: string;
    readonly text: string;
    readonly isHere: boolean;
  }[];
};

/** Navigation between the pages of a section. */
export const Tabs = ({ label, tabs }: TabsProps) => (
  <nav class="tabs" aria-label={label}>
    {tabs.map(({ href, text, isHere }) => (
      <a href={href} aria-current={isHere ? "page" : undefined}>
        {text}
      </a>
    ))}
  </nav>
);
