import { Hono } from "hono";
import { renderAdmin } from "../admin_render.tsx";
import { type AdminEnv, adminSceneOf, type AdminStage } from "../admin_scene.ts";
import { refusedText } from "../fragments/notices.tsx";
import { AttentionPage } from "../pages/attention_page.tsx";

const doneKeys = ["queried", "queriedOpen", "queriedChanged"] as const;

/** The console's first page. */
export function attentionRoutes(stage: AdminStage): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>();

  app.get("/", async (c) => {
    const attention = await stage.deps.readAttention();
    stage.attention.note(attention);
    const scene = await adminSceneOf(c, stage);
    const refused = c.req.query("refused");
    const done = doneKeys.find((key) => key === c.req.query("done"));
    return renderAdmin(
      c,
      scene,
      { title: scene.t.attention.title, current: "attention", refreshSeconds: 15 },
      <AttentionPage
        scene={scene}
        attention={attention}
        done={done && scene.t.attention[done]}
        refused={refused === undefined ? undefined : refusedText(scene, refused)}
      />,
    );
  });
  return app;
}
