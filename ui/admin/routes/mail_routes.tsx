import { Hono } from "hono";
import { renderAdmin, renderFailure } from "../admin_render.tsx";
import { type AdminEnv, adminSceneOf, type AdminStage } from "../admin_scene.ts";
import { placeOf } from "../fragments/pager.tsx";
import { mailPath, MailPage, MailsPage } from "../pages/mails_page.tsx";

/** Mails to shoppers: list, details and resend. */
export function mailRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.get("/events/mails", async (c) => {
    const filter = {
      state: c.req.query("state") === "gave_up" ? ("gave_up" as const) : undefined,
      orderId: c.req.query("orderId")?.trim().slice(0, 100) || undefined,
    };
    const place = placeOf(new URL(c.req.url).searchParams);
    const found = await deps.listMails(filter, place.after);
    const scene = await adminSceneOf(c, stage);
    return renderAdmin(
      c,
      scene,
      { title: scene.t.mails.title, current: "events" },
      <MailsPage scene={scene} filter={filter} place={place} found={found} />,
    );
  });

  app.get("/events/mails/:id", async (c) => {
    const mail = await deps.findMail(c.req.param("id"));
    if (!mail) return renderFailure(c, stage, "notFound");
    const scene = await adminSceneOf(c, stage);
    const done = c.req.query("done") === "resent" ? scene.t.mails.resent : undefined;
    return renderAdmin(
      c,
      scene,
      { title: scene.t.mails.mail, current: "events" },
      <MailPage scene={scene} mail={mail} done={done} refused={undefined} />,
    );
  });

  app.get("/events/mails/:id/html", async (c) => {
    const mail = await deps.findMail(c.req.param("id"));
    if (!mail) return renderFailure(c, stage, "notFound");
    // the document has an opaque origin, without scripts, forms and loads; its links open new pages
    c.header(
      "content-security-policy",
      "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    );
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    c.header("cache-control", "private, no-store");
    return c.html(mail.content.html);
  });

  app.post("/events/mails/:id/resend", async (c) => {
    const id = c.req.param("id");
    await deps.resendMail(id);
    return c.redirect(`${mailPath(id)}?done=resent`, 303);
  });
  return app;
}
