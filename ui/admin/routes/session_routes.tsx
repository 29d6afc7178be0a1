import { Hono, type MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { isLanguage, rememberLanguage } from "../../language.ts";
import { refusalOf, retryAfter } from "../../refusal.ts";
import { renderAdmin } from "../admin_render.tsx";
import {
  type AdminContext,
  type AdminEnv,
  adminSceneOf,
  type AdminStage,
  consolePath,
  pathAfterSignIn,
} from "../admin_scene.ts";
import { SignInPage, type SignInProps } from "../pages/sign_in_page.tsx";

/** Tells the sign-in page that this browser had a session before, so that it can say that the session has ended. */
const signedInCookie = "console_seen";

/** Sign-in, sign-out and the language switch: the routes that need no operator. */
export function sessionRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();
  const cookie = {
    path: "/admin",
    httpOnly: true,
    sameSite: "Strict",
    secure: deps.publicUrl.startsWith("https:"),
  } as const;

  app.get("/sign-in", async (c) => {
    const why = c.req.query("why");
    const to = pathAfterSignIn(c.req.query("to"));
    if (c.var.operator) return c.redirect(to, 303);
    return showSignIn(c, stage, { to, why: why === "ended" || why === "out" ? why : undefined });
  });

  app.post("/sign-in", async (c) => {
    const body = await c.req.parseBody();
    const to = pathAfterSignIn(body["to"]);
    const key = typeof body["key"] === "string" ? body["key"].trim() : "";
    if (key === "") return showSignIn(c, stage, { to, fault: "missing" });
    try {
      await deps.signIn(key);
    } catch (thrown) {
      const refusal = refusalOf(c, deps, thrown);
      if (refusal?.code === "key_not_valid") return showSignIn(c, stage, { to, fault: "wrong" });
      if (refusal?.kind !== "too_many") throw thrown;
      retryAfter(c, refusal);
      return showSignIn(c, stage, { to, fault: "tooMany" });
    }
    setCookie(c, signedInCookie, "yes", cookie);
    return c.redirect(to, 303);
  });

  app.post("/sign-out", async (c) => {
    if (c.var.operator) await deps.signOut();
    deleteCookie(c, signedInCookie, cookie);
    return c.redirect("/admin/sign-in?why=out", 303);
  });

  app.post("/language", async (c) => {
    const body = await c.req.parseBody();
    const { language } = body;
    if (isLanguage(language)) rememberLanguage(c, language, cookie.secure);
    return c.redirect(consolePath(body["back"]), 303);
  });
  return app;
}

const faultStatuses = { missing: 422, wrong: 401, tooMany: 429 } as const;

async function showSignIn(
  c: AdminContext,
  stage: AdminStage,
  props: Omit<SignInProps, "scene">,
): Promise<Response> {
  const scene = await adminSceneOf(c, stage);
  const status = props.fault ? faultStatuses[props.fault] : 200;
  const { title } = scene.t.frame.signIn;
  return renderAdmin(c, scene, { title, status }, <SignInPage scene={scene} {...props} />);
}

/** Redirects a request without a session to sign-in, with the address to return to. */
export function requireOperator(): MiddlewareHandler<AdminEnv> {
  return async (c, next) => {
    if (c.var.operator) return next();
    const url = new URL(c.req.url);
    const isRead = c.req.method === "GET" || c.req.method === "HEAD";
    const to = new URLSearchParams();
    if (isRead && url.pathname !== "/admin") to.set("to", url.pathname + url.search);
    if (getCookie(c, signedInCookie) !== undefined) to.set("why", "ended");
    const address = `/admin/sign-in${to.size > 0 ? `?${to.toString()}` : ""}`;
    // htmx would put the sign-in page into a part of the page, so the whole page is redirected
    if (c.req.header("HX-Request") === "true") {
      c.header("HX-Redirect", address);
      return c.body(null, 200);
    }
    return c.redirect(address, 303);
  };
}
