import { Hono } from "hono";
import { isLanguage, rememberLanguage } from "../language.ts";
import { localPath } from "../local_path.ts";
import { DocumentPage, documentNames } from "../pages/document_page.tsx";
import { renderPage } from "../render.tsx";
import { sceneOf, type Stage, type UiEnv } from "../scene.ts";
import { shopText } from "../shop_text.ts";

/** The language switch, the legal documents, and the files for browsers and search engines. */
export function siteRoutes(stage: Stage): Hono<UiEnv> {
  const app = new Hono<UiEnv>();

  app.post("/language", async (c) => {
    const body = await c.req.parseBody();
    const language = body["language"];
    if (isLanguage(language)) {
      rememberLanguage(c, language, stage.deps.publicUrl.startsWith("https:"));
    }
    return c.redirect(localPath(body["back"]), 303);
  });

  app.get("/robots.txt", (c) => c.text(robots(stage.deps.publicUrl)));

  app.get("/manifest.webmanifest", (c) => {
    const { name, description } = shopText(sceneOf(c, stage));
    const icon = (size: number, purpose: string) => ({
      src: stage.assets.url(`icons/icon-${size}.png`),
      sizes: `${size}x${size}`,
      type: "image/png",
      purpose,
    });
    const manifest = {
      name,
      short_name: name,
      description,
      start_url: "/",
      display: "browser",
      background_color: "#f4f5f8",
      theme_color: "#ffffff",
      icons: [icon(192, "any"), icon(512, "any"), icon(512, "maskable")],
    };
    c.header("content-type", "application/manifest+json; charset=utf-8");
    return c.body(JSON.stringify(manifest));
  });

  for (const name of documentNames) {
    app.get(`/${name}`, (c) => {
      const scene = sceneOf(c, stage);
      return renderPage(
        c,
        scene,
        { title: scene.t.footer[name] },
        <DocumentPage scene={scene} name={name} />,
      );
    });
  }
  return app;
}

/** Search engines may index only the shop's page and its documents. */
function robots(publicUrl: string): string {
  const closed = ["/orders", "/success", "/fail", "/admin", "/api", "/quote"];
  const rules = closed.map((path) => `Disallow: ${path}`);
  return ["User-agent: *", ...rules, "", `# ${publicUrl}/`, ""].join("\n");
}
