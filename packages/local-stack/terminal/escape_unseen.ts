/** Control characters, line separators, bidirectional controls and lone surrogates. */
const unseen = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Escapes the characters that a terminal would interpret, as in JSON. */
export function escapeUnseen(text: string): string {
  return text.replaceAll(unseen, (character) =>
    character === "\n" ? "\\n" : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The same, but keeps line breaks. */
export function escapeUnseenInLines(text: string): string {
  return text.split("\n").map(escapeUnseen).join("\n");
}
