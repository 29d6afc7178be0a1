import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { sendDocument } from "../render.tsx";
import {
  type AdminContext,
  type AdminScene,
  adminSceneOf,
  type AdminStage,
} from "./admin_scene.ts";
import { AdminLayout, type AdminLayoutProps } from "./pages/admin_layout.tsx";

type AdminPageOptions = Omit<AdminLayoutProps, "scene" | "children"> & {
  readonly status?: ContentfulStatusCode;
};

export function renderAdmin(
  c: AdminContext,
  scene: AdminScene,
  { status = 200, ...layout }: AdminPageOptions,
  body: Child,
): Response | Promise<Response> {
  const document = (
    <AdminLayout scene={scene} {...layout}>
      {body}
    </AdminLayout>
  );
  return sendDocument(c, document, { status });
}

type Failure = "notFound" | "noOrder" | "forbidden" | "away" | "refused" | "broken";
const statuses = {
  notFound: 404,
  noOrder: 404,
  forbidden: 403,
  away: 503,
  refused: 400,
  broken: 500,
} as const;

/** An error page. */
export async function renderFailure(
  c: AdminContext,
  stage: AdminStage,
  failure: Failure,
): Promise<Response> {
  const scene = await adminSceneOf(c, stage);
  const { errors } = scene.t.frame;
  const title = errors[`${failure}Title`];
  return renderAdmin(
    c,
    scene,
    { title, status: statuses[failure] },
    <div class="panel blank">
      <h1>{title}</h1>
      <p>{errors[`${failure}Body`]}</p>
      {(failure === "broken" || failure === "away") && (
        <p class="muted">
          {errors.requestId} <code>{c.var.requestId}</code>
        </p>
      )}
      <a class="button" href="/admin">
        {errors.home}
      </a>
    </div>,
  );
}
