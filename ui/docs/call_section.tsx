import type { Call, ErrorCode, Parameter, Schema } from "./contract.ts";
import { Prose } from "./prose.tsx";
import { pretty, samplesOf } from "./samples.ts";
import { nameOf, type Field, type SchemaReader } from "./schema_reader.ts";
import { TryForm } from "./try_form.tsx";

export type Reading = {
  readonly reader: SchemaReader;
  readonly baseUrl: string;
  readonly errorCodes: readonly ErrorCode[];
};

/** One call: its description, fields and responses, samples in two languages, and a form to try it. */
export const CallSection = ({ call, reading }: { call: Call; reading: Reading }) => {
  const { method, path, isWebhook, operation } = call;
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const { reader, errorCodes } = reading;
  const answers = Object.entries(responses).filter(([, { content = {} }]) => !(problem in content));
  const codes = errorCodes.filter(({ code }) => codesOf(call).includes(code));
  const body = requestBody?.content["application/json"]?.schema;
  const samples = samplesOf(call, reading);
  return (
    <section id={operationId} class="call">
      <div class="about">
        <h3>
          <a href={`#${operationId}`}>{summary}</a>
        </h3>
        <p class="address">
          <Method name={method} /> <code>{isWebhook ? "your endpoint's address" : path}</code>
        </p>
        {description && (
          <p>
            <Prose text={description} />
          </p>
        )}
        {operation["x-caller"] && (
          <p class="caller">
            <b>Who may call:</b> {operation["x-caller"].replace("key: ", "key of role ")}
          </p>
        )}
        {parameters.length > 0 && (
          <Fields title="Parameters" rows={parameters.map((one) => asField(one, reader))} />
        )}
        {body && <Body forms={reader.variantsOf(body)} reader={reader} />}
        {answers.map(([status, { description, content = {} }]) => (
          <details class="answer">
            <summary>
              <b>{status}</b> {description}
            </summary>
            {Object.values(content).map(({ schema }) => (
              <AnswerBody schema={schema} reader={reader} />
            ))}
          </details>
        ))}
        {codes.length > 0 && (
          <details class="answer">
            <summary>
              <b>Refusals</b> {codes.length} codes
            </summary>
            <dl class="codes">
              {codes.map(({ code, status, cause }) => (
                <div>
                  <dt>
                    <a href={`/docs/errors#${code}`}>
                      <code>{code}</code>
                    </a>{" "}
                    {status}
                  </dt>
                  <dd>
                    <Prose text={cause} />
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
      <div class="samples">
        {isWebhook ? (
          <Sample title="Body" code={pretty(body && reader.exampleOf(body, true))} />
        ) : (
          <>
            <Sample language="curl" title="curl" code={samples.curl} />
            <Sample language="client" title="TypeScript" code={samples.client} />
            <TryForm call={call} reader={reader} body={samples.body} />
          </>
        )}
      </div>
    </section>
  );
};

const problem = "application/problem+json";

/** All error codes of a call, of every status. */
function codesOf({ operation }: Call): readonly unknown[] {
  return Object.values(operation.responses).flatMap(
    ({ content }) => content?.[problem]?.schema.properties?.["code"]?.enum ?? [],
  );
}

function asField(
  { name, in: place, required, description, schema }: Parameter,
  reader: SchemaReader,
) {
  return {
    path: name,
    type: `${place}, ${reader.typeOf(schema)}`,
    isRequired: required === true,
    rules: reader.rulesOf(schema),
    description: description ?? schema.description,
  };
}

export const Method = ({ name }: { name: string }) => (
  <span class={`method ${name.toLowerCase()}`}>{name}</span>
);

/** The fields of a request body; three or more variants are folded. */
const Body = ({ forms, reader }: { forms: readonly Schema[]; reader: SchemaReader }) => (
  <>
    {forms.map((form) => {
      const rows = reader.fieldsOf(form);
      const name = nameOf(form) ?? form.properties?.["eventType"]?.const;
      if (forms.length < 3)
        return <Fields title={name && forms.length > 1 ? `Body, ${name}` : "Body"} rows={rows} />;
      return (
        <details class="answer">
          <summary>
            <b>Body</b> {name}
          </summary>
          <Fields rows={rows} />
        </details>
      );
    })}
  </>
);

const AnswerBody = ({ schema, reader }: { schema: Schema; reader: SchemaReader }) => {
  const rows = reader.fieldsOf(schema);
  if (rows.length === 0) return <p class="note">{reader.typeOf(schema)}</p>;
  return (
    <>
      <Fields rows={rows} />
      <Sample title="Example" code={pretty(reader.exampleOf(schema, true))} />
    </>
  );
};

const Fields = ({ title, rows }: { title?: string; rows: readonly Field[] }) => (
  <>
    {title && <h4>{title}</h4>}
    <dl class="fields">
      {rows.map(({ path, type, isRequired, rules, description }) => (
        <div>
          <dt>
            <code>{path}</code> <span class="type">{type}</span>
            {title && isRequired && <span class="required">required</span>}
          </dt>
          <dd>
            {description && <Prose text={description} />}
            {rules.length > 0 && <span class="rules"> {rules.join(", ")}</span>}
          </dd>
        </div>
      ))}
    </dl>
  </>
);

type SampleProps = { language?: "curl" | "client"; title: string; code: string };

export const Sample = ({ language, title, code }: SampleProps) => (
  <figure class="sample" data-language={language}>
    <figcaption>
      {title}
      <button type="button" class="copy js-only" aria-label={`Copy: ${title}`}>
        Copy
      </button>
    </figcaption>
    <pre tabindex={0} aria-label={title}>
      <code>{code}</code>
    </pre>
  </figure>
);
