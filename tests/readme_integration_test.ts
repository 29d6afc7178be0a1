import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
/** A folder like a clone's, with the local stack's generated keys. */
const clone = mkdtempSync(join(tmpdir(), "payflow-readme-"));

beforeAll(async () => {
  const order = { RETURN_ORIGINS: "http://localhost:3000", WEBHOOK_ALLOW_PRIVATE: "true" };
  stack = await testStack({ order });
  mkdirSync(join(clone, ".payflow"));
  await Bun.write(
    join(clone, ".payflow/secrets.json"),
    JSON.stringify({ merchantApiKey: stack.merchantKey }, null, 2),
  );
}, 600_000);
afterAll(async () => {
  await stack.close();
  rmSync(clone, { recursive: true });
});

/** Each ```sh block of a document, with the ```text block after it if there is one. */
async function stepsOf(path: string) {
  const document = await Bun.file(`${import.meta.dir}/../${path}`).text();
  const blocks = document.matchAll(/^```sh\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?/gms);
  return [...blocks].map(([, command = "", response]) => ({ command, response }));
}

/** The JSON, with fixed values for ids, times, keys and addresses. */
function normalized(text: string): unknown {
  const even = text
    .replaceAll(stack.url, "http://localhost:8080")
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, "UUID")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "TIME")
    .replace(/"\d{4}-[2-9C-Y]{4,13}"/g, '"ORDER_NUMBER"')
    .replace(/\btviva\w+/g, "PAYMENT_KEY")
    .replace(/\bpf_[\w…-]+/g, "API_KEY");
  return JSON.parse(even);
}

test.each([
  ["README.md", 4],
  ["docs/api-by-curl.md", 10],
])("the commands of %s return the responses shown there", async (path, count) => {
  const steps = await stepsOf(path);
  expect(steps.length).toBeGreaterThanOrEqual(count);
  const mark = "next step";
  const script = steps
    .map(({ command }) => command)
    .join(`echo; echo '${mark}'\n`)
    .replaceAll("http://localhost:8080", stack.url)
    .replaceAll("http://localhost:9090", stack.sandboxUrl);
  const run = Bun.spawn(["sh", "-e", "-c", script], {
    cwd: clone,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 600_000,
  });
  const responses = (await new Response(run.stdout).text()).split(mark);
  expect(responses).toHaveLength(steps.length);
  for (const [index, { command, response }] of steps.entries()) {
    if (response === undefined) continue;
    expect(normalized(responses[index] ?? ""), command).toMatchObject(
      normalized(response) as object,
    );
  }
});
