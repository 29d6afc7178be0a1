/** Controls, ends of lines, marks that turn the direction of what follows, and lone surrogates. */
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** A text as a terminal may show it: what the terminal would obey stands there as its JSON escape. */
export function escapeUnseen(text: string): string {
  return text.replaceAll(unseen, (character) =>
    character === "\n" ? "\\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The same of a text of several lines. */
export function escapeUnseenInLines(text: string): string {
  return text.split("\n").map(escapeUnseen).join("\n");
}
