import type { Assets } from "../assets.ts";
import { CallSection, Method, Sample } from "./call_section.tsx";
import { callsOf, type ApiDescription, type ErrorCode } from "./contract.ts";
import { DocsLayout } from "./docs_layout.tsx";
import { Prose } from "./prose.tsx";
import { schemaReader } from "./schema_reader.ts";

const setUp = (baseUrl: string) => `import { createPayflowClient } from "@payflow/client";

const payflow = createPayflowClient({
  baseUrl: "${baseUrl}",
  apiKey: process.env.PAYFLOW_KEY ?? "",
});`;

/** The whole API on one page, rendered from its OpenAPI document. */
export const ApiPage = ({
  api,
  errorCodes,
  assets,
}: {
  api: ApiDescription;
  errorCodes: readonly ErrorCode[];
  assets: Assets;
}) => {
  const baseUrl = api.servers[0]?.url ?? "";
  const reading = { reader: schemaReader(api), baseUrl, errorCodes };
  const calls = callsOf(api);
  const groups = api.tags
    .map(({ name }) => ({
      name,
      id: `calls-${name.replaceAll(" ", "-")}`,
      calls: calls.filter(({ operation }) => operation.tags[0] === name),
    }))
    .filter((group) => group.calls.length > 0);
  const contents = (
    <details class="contents">
      <summary>All calls</summary>
      <nav aria-label="Calls">
        {groups.map((group) => (
          <>
            <p class="group">{group.name}</p>
            <ul>
              {group.calls.map(({ method, operation, isWebhook }) => (
                <li>
                  <a href={`#${operation.operationId}`}>
                    <Method name={isWebhook ? "HOOK" : method} />
                    {operation.summary}
                  </a>
                </li>
              ))}
            </ul>
          </>
        ))}
      </nav>
    </details>
  );
  const tools = (
    <>
      <fieldset class="languages js-only">
        <legend class="sr-only">Language of the samples</legend>
        <button type="button" data-choose="curl" aria-pressed="true">
          curl
        </button>
        <button type="button" data-choose="client" aria-pressed="false">
          TypeScript
        </button>
      </fieldset>
      <form class="key js-only" autocomplete="off">
        <label for="key">API key</label>
        <input
          id="key"
          type="password"
          autocomplete="off"
          placeholder="pf_…"
          aria-describedby="key-note"
        />
        <span id="key-note" class="sr-only">
          Kept in this tab until it is closed, and sent with the calls that you try.
        </span>
      </form>
    </>
  );
  return (
    <DocsLayout title="PayFlow API" assets={assets} aside={contents} tools={tools}>
      <section class="call" id="start">
        <div class="about">
          <h1>PayFlow API</h1>
          <p class="lead">
            <Prose text={api.info.description} />
          </p>
          <ul class="notes">
            <li>
              <b>Keys.</b> <code>Authorization: Bearer pf_…</code>, from a server only. An operator
              creates them in the console or with <code>payflow keys create</code>.
            </li>
            <li>
              <b>Retries.</b> An <code>Idempotency-Key</code> makes a call safe to send again. Wait
              as long as <code>Retry-After</code> says.
            </li>
            <li>
              <b>Events.</b> Webhooks at the end of this page; Kafka's topics in{" "}
              <a href="/asyncapi.json">AsyncAPI</a>.
            </li>
          </ul>
        </div>
        <div class="samples">
          <Sample
            language="curl"
            title="curl"
            code={`export PAYFLOW_KEY=pf_…\n\ncurl ${baseUrl}/api/orders \\\n  -H "Authorization: Bearer $PAYFLOW_KEY"`}
          />
          <Sample language="client" title="TypeScript" code={setUp(baseUrl)} />
        </div>
      </section>
      {groups.map((group) => (
        <section class="calls" aria-labelledby={group.id}>
          <h2 id={group.id}>{group.name}</h2>
          {group.calls.map((call) => (
            <CallSection call={call} reading={reading} />
          ))}
        </section>
      ))}
    </DocsLayout>
  );
};
