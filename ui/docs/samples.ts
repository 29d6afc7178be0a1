import type { Call, Parameter } from "./contract.ts";
import type { SchemaReader } from "./schema_reader.ts";

/** Samples of one call, with the values of its schemas' examples. */
export type Samples = { readonly curl: string; readonly client: string; readonly body: unknown };

/** The samples of a call. For a body with several variants they show the last one. */
export function samplesOf(
  call: Call,
  { reader, baseUrl }: { readonly reader: SchemaReader; readonly baseUrl: string },
): Samples {
  const { method, path, operation } = call;
  const { parameters = [], requestBody, security = [], responses } = operation;
  const schema = requestBody?.content["application/json"]?.schema;
  const form = schema && reader.variantsOf(schema).at(-1);
  const body = form && reader.exampleOf(form, false);
  const valueOf = ({ example, schema }: Parameter) => example ?? reader.exampleOf(schema, true);
  const needed = parameters.filter(({ required }) => required);
  const inPath = needed.filter((one) => one.in === "path");
  const inHeader = parameters.filter((one) => one.in === "header");

  const url = inPath.reduce(
    (filled, one) => filled.replace(`{${one.name}}`, String(valueOf(one))),
    baseUrl + path,
  );
  const takesKey = security.some((rule) => "apiKey" in rule);
  const lines = [
    ...(takesKey ? [`-H "Authorization: Bearer $PAYFLOW_KEY"`] : []),
    ...inHeader.map((one) => `-H "${one.name}: ${String(valueOf(one))}"`),
    ...(body === undefined
      ? method === "POST"
        ? ["-X POST"]
        : []
      : [`-H "Content-Type: application/json"`, `-d '${pretty(body)}'`]),
  ];
  const curl = [`curl ${url}`, ...lines].join(" \\\n  ");

  const named = (all: readonly Parameter[]) =>
    Object.fromEntries(all.map((one) => [one.name, valueOf(one)]));
  const params = {
    ...(inPath.length > 0 && { path: named(inPath) }),
    ...(inHeader.length > 0 && { header: named(inHeader) }),
  };
  const isText = !Object.values(responses).some(
    ({ content = {} }) => "application/json" in content,
  );
  const options = {
    ...(Object.keys(params).length > 0 && { params }),
    ...(body !== undefined && { body }),
    ...(isText && { parseAs: "text" }),
  };
  const second = Object.keys(options).length > 0 ? `, ${asCode(options)}` : "";
  const client = `const { data, error } = await payflow.${method}("${path}"${second});`;
  return { curl, client, body };
}

export const pretty = (value: unknown) => JSON.stringify(value, null, 2);

/** JSON as TypeScript code: property names without quotes where possible. */
function asCode(value: unknown): string {
  return pretty(value).replaceAll(/^( *)"([A-Za-z]\w*)":/gm, "$1$2:");
}
