import { Hono } from "hono";
import { isLanguage, rememberLanguage } from "../language.ts";
import { localPath } from "../local_path.ts";
import { DocumentPage, documentNames } from "../pages/document_page.tsx";
import { renderPage } from "../render.tsx";
import { sceneOf, type Stage, type UiEnv } from "../scene.ts";

/** The language switch, and the documents that a shop must have. */
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
