/** Text with code spans. A Markdown link becomes its text, as its document is not served; a URL becomes a link. */
export const Prose = ({ text }: { text: string }) => {
  const plain = text.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1");
  return (
    <>
      {plain.split(/(`[^`]+`|https:\/\/[\w./-]+\w)/).map((part) => {
        if (part.startsWith("`")) return <code>{part.slice(1, -1)}</code>;
        return part.startsWith("https://") ? <a href={part}>{part}</a> : part;
      })}
    </>
  );
};
