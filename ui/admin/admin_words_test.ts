import { expect, test } from "bun:test";
import { roles } from "./contract.ts";
import { adminMessages } from "./messages/admin_messages.ts";

const packages = `${import.meta.dir}/../../packages`;

/** The distinct matches of the pattern's group in the services' code. */
async function namedIn(pattern: RegExp, files: string): Promise<string[]> {
  const found = new Set<string>();
  for await (const path of new Bun.Glob(files).scan({ cwd: packages })) {
    if (path.endsWith("_test.ts")) continue;
    const text = await Bun.file(`${packages}/${path}`).text();
    for (const [, name = ""] of text.matchAll(pattern)) found.add(name);
  }
  return [...found].sort();
}

test("every cause in a history has a text", async () => {
  const useCases = "{order,payment}/{application,infrastructure}/**/*.ts";
  const inline = await namedIn(/\bcause: "(\w+)"/g, useCases);
  const recorded = await namedIn(/: "(record\w+Answer)"/g, useCases);
  const causes = [...inline, ...recorded];
  expect(causes.length).toBeGreaterThan(15);
  for (const { order } of Object.values(adminMessages))
    expect(causes.filter((cause) => !(cause in order.causes))).toEqual([]);
});

test("every action in the audit log has a text", async () => {
  const actions = await namedIn(/\baction: "(\w+\.\w+)"/g, "**/*.ts");
  expect(actions).toEqual(expect.arrayContaining(["mail.resent", "review.dismissed"]));
  for (const { keys } of Object.values(adminMessages))
    expect(actions.filter((action) => !(action in keys.actions))).toEqual([]);
});

test("every refusal of the console's use cases has a message", async () => {
  const refused = /new AppError\(\s*"\w+",\s*"(\w+)"/g;
  const codes = [
    ...(await namedIn(refused, "order/presentation/admin_orders.ts")),
    ...(await namedIn(refused, "console/*.ts")),
    ...(await namedIn(refused, "notifications/{admin,postgres}_*.ts")),
  ];
  expect(codes).toEqual(expect.arrayContaining(["order_kept_by_law", "mail_not_found"]));
  for (const { frame } of Object.values(adminMessages))
    expect(codes.filter((code) => !(code in frame.refusals))).toEqual([]);
});

test("every role has a name and a description", () => {
  for (const { frame, keys } of Object.values(adminMessages))
    for (const role of roles) expect([frame.roles[role], keys.roleWhat[role]]).not.toContain("");
});
