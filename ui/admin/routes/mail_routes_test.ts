import { expect, test } from "bun:test";
import { browse } from "../../testing/browse.ts";
import { sampleMails } from "../../testing/sample_mails.ts";

const operate = { operator: "operate" } as const;
const path = "/admin/events/mails";
const id = sampleMails[2]?.id ?? "";

test("the list of mails shows each state, and only operators can open a mail", async () => {
  const ui = browse();
  const { body } = await ui.get(path, operate);
  for (const word of ["보냄", "보내지 못함", "대기 중", "550 5.1.1 No such user here"])
    expect(body).toContain(word);
  expect(body).toContain(`href="${path}/${id}"`);
  const read = await ui.get(path, { operator: "read" });
  expect(read.body).not.toContain(`href="${path}/${id}"`);
  ui.admin.isSendingMails = false;
  expect((await ui.get(path, operate)).body).toContain("SMTP_URL");
});

test("a mail is shown as text, and as HTML in a separate document without any rights", async () => {
  const ui = browse();
  const { body } = await ui.get(`${path}/${id}`, operate);
  expect(body).toContain("kim@example.com");
  expect(body).toContain("결제가 완료되었습니다.");
  const html = await ui.get(`${path}/${id}/html`, operate);
  const policy = html.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/^sandbox allow-popups; default-src 'none'/);
  expect(policy).not.toContain("script-src");
  expect(html.body).toStartWith("<!doctype html>");
  expect((await ui.get(`${path}/none`, operate)).status).toBe(404);
});

test("a mail can be resent from its page", async () => {
  const ui = browse();
  const sent = await ui.post(`${path}/${id}/resend`, {}, operate);
  expect(sent.headers.get("location")).toBe(`${path}/${id}?done=resent`);
  expect(ui.admin.changes).toEqual([["resendMail", id]]);
  expect((await ui.post(`${path}/${id}/resend`, {}, { operator: "read" })).status).toBe(403);
});
