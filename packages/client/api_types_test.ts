import { expect, setDefaultTimeout, test } from "bun:test";
import openapiTypes, { astToString } from "openapi-typescript";
import { apiDocument } from "@payflow/order/testing";
import { repeatablePosts } from "./payflow_client.ts";

// the type checker and the validators are slow on a busy machine
setDefaultTimeout(600_000);

type Content = { readonly schema: { readonly properties: { readonly code: { enum: string[] } } } };
type Operation = {
  readonly parameters?: readonly { readonly name: string }[];
  responses: Record<string, { headers?: object; content?: Record<string, Content> }>;
};
type Document = { readonly paths: Record<string, Record<string, Operation>> };

const problem = "application/problem+json";
const readDocument = (): Document =>
  JSON.parse(JSON.stringify(apiDocument("http://localhost:8080")));

/** Merges an operation's error responses into `default`, with all their codes: clients branch on `code`. */
function withOneRefusal(operation: Operation): void {
  const codes: string[] = [];
  for (const [status, response] of Object.entries(operation.responses)) {
    delete response.headers;
    const refused = response.content?.[problem];
    if (!refused) continue;
    codes.push(...refused.schema.properties.code.enum);
    delete operation.responses[status];
  }
  if (codes.length === 0) return;
  const properties = { code: { type: "string", enum: codes.sort() } };
  const schema = { allOf: [{ $ref: "#/components/schemas/Problem" }], properties };
  operation.responses["default"] = { content: { [problem]: { schema } } };
}

/** The types of the OpenAPI document, as `bun fmt` formats them. */
async function apiTypes(): Promise<string> {
  const document = readDocument();
  for (const methods of Object.values(document.paths))
    Object.values(methods).forEach(withOneRefusal);
  // a field with a default may be missing in a request
  const tree = await openapiTypes(document as never, { defaultNonNullable: false });
  // drops `name?: never` members, which say only that an operation lacks them
  const types = astToString(tree).replaceAll(/^ +\w+\?: never;\n/gm, "");
  const code = `// Generated from the API's document: UPDATE_DOCS=1 bun test packages/client\n${types}`;
  const format = [process.execPath, "fmt", "--no-script", "--stdin-filepath=api_types.ts"];
  const formatter = Bun.spawn(format, { cwd: import.meta.dir, stdin: new Blob([code]) });
  const text = await new Response(formatter.stdout).text();
  expect(await formatter.exited).toBe(0);
  return text;
}

test("api_types.ts has the types of the API's document", async () => {
  const file = Bun.file(`${import.meta.dir}/api_types.ts`);
  const types = await apiTypes();
  if (process.env["UPDATE_DOCS"] === "1") await file.write(types);
  if (types !== (await file.text()))
    throw new Error("api_types.ts is stale: UPDATE_DOCS=1 bun test packages/client");
});

test("repeatablePosts names existing POSTs, and every one that takes an Idempotency-Key", () => {
  const posts = Object.entries(readDocument().paths).filter(([, methods]) => methods["post"]);
  const takesKey = ({ parameters }: Operation) =>
    parameters?.some(({ name }) => name === "Idempotency-Key");
  const keyed = posts.filter(([, methods]) => takesKey(methods["post"] as Operation));
  expect(posts.map(([path]) => path)).toContainValues([...repeatablePosts]);
  expect(repeatablePosts).toEqual(expect.arrayContaining(keyed.map(([path]) => path)));
});
