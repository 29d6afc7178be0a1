import type { Call } from "./contract.ts";
import { pretty } from "./samples.ts";
import type { SchemaReader } from "./schema_reader.ts";

/** Sends this call from the page with the typed values; docs.js does it. */
export const TryForm = (props: { call: Call; reader: SchemaReader; body: unknown }) => {
  const { call, reader, body } = props;
  const { method, path, operation } = call;
  const { operationId, parameters = [], summary } = operation;
  const id = (name: string) => `${operationId}-${name}`;
  return (
    <details class="try js-only">
      <summary>Try it</summary>
      <form data-method={method} data-path={path} aria-label={`Try: ${summary}`}>
        {parameters.map(({ name, in: place, required, schema }) => (
          <p>
            <label for={id(name)}>{name}</label>
            <input
              id={id(name)}
              name={name}
              data-in={place}
              required={required}
              autocomplete="off"
              placeholder={required ? "" : reader.typeOf(schema)}
            />
          </p>
        ))}
        {body !== undefined && (
          <p>
            <label for={id("body")}>Body</label>
            <textarea id={id("body")} name="body" rows={8} spellcheck={false}>
              {pretty(body)}
            </textarea>
          </p>
        )}
        <button class="send">Send</button>
        {method === "POST" && <p class="note">The call is sent to this shop and takes effect.</p>}
        <pre class="result" tabindex={0} aria-label="Response" hidden></pre>
      </form>
    </details>
  );
};
