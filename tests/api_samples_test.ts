import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiDocument, apiRoutes } from "@payflow/order/testing";
import { createDocs } from "@payflow/ui";

const root = join(import.meta.dir, "..");
const folder = mkdtempSync(join(tmpdir(), "payflow-samples-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const page = await createDocs({
  readApi: () => apiDocument("http://localhost:8080") as never,
  errorCodes: [],
}).request("/docs");
const html = await page.text();

/** The code of all samples in one language, without HTML entities. */
function samplesIn(language: string): readonly string[] {
  const blocks = html.matchAll(
    new RegExp(`<figure class="sample" data-language="${language}">.*?<code>(.*?)</code>`, "gs"),
  );
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
  return [...blocks].map(([, code = ""]) =>
    code.replaceAll(/&([a-z]+|#39);/g, (whole, name: string) => entities[name] ?? whole),
  );
}

/** The type errors of a program that uses the client; empty when there are none. */
async function typeErrors(code: string): Promise<string> {
  const compilerOptions = {
    paths: { "@payflow/client": [join(root, "packages/client/mod.ts")] },
    typeRoots: [join(root, "node_modules/@types")],
  };
  const config = { extends: join(root, "tsconfig.json"), compilerOptions, include: ["samples.ts"] };
  await Bun.write(join(folder, "tsconfig.json"), JSON.stringify(config));
  await Bun.write(join(folder, "samples.ts"), code);
  const command = [process.execPath, "check", "--no-script", "-p", "tsconfig.json"];
  const check = Bun.spawn(command, { cwd: folder, stdout: "pipe", stderr: "ignore" });
  const found = await new Response(check.stdout).text();
  return (await check.exited) === 0 ? "" : found;
}

describe("the samples on the API's page", () => {
  test("exist for every call, after one for the setup", () => {
    for (const language of ["curl", "client"])
      expect(samplesIn(language)).toHaveLength(apiRoutes.length + 1);
  });

  test("in TypeScript type-check with the client", async () => {
    const [setUp, ...calls] = samplesIn("client");
    const inBlocks = calls.map((code) => `{\n${code}\nvoid [data, error];\n}`);
    expect(await typeErrors([setUp, ...inBlocks].join("\n"))).toBe("");
    const wrong = `${setUp}\nawait payflow.GET("/api/orders/{orderId}");`;
    expect(await typeErrors(wrong)).toContain("samples.ts");
  }, 600_000);

  test("in curl are valid shell commands", async () => {
    for (const code of samplesIn("curl")) {
      const shell = Bun.spawn(["sh", "-n", "-c", code], { stderr: "pipe" });
      expect(await new Response(shell.stderr).text(), code).toBe("");
      expect(await shell.exited).toBe(0);
    }
  });
});
