/** A recorded text, indented when it is JSON. */
export const JsonText = ({ text }: { text: string }) => <pre tabindex={0}>{indented(text)}</pre>;

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
