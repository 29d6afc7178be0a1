import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { renderPage } from "../render.tsx";
import type { Scene, UiContext } from "../scene.ts";

type ErrorPageProps = {
  readonly scene: Scene;
  readonly title: string;
  readonly body: string;
  readonly requestId?: string | undefined;
};

const ErrorPage = ({ scene, title, body, requestId }: ErrorPageProps) => (
  <div class="card empty">
    <img src={scene.assets.url("lost.svg")} alt="" width={120} height={96} />
    <h1>{title}</h1>
    <p>{body}</p>
    {requestId !== undefined && (
      <p class="hint">
        {scene.t.errors.requestId}: <span class="code">{requestId}</span>
      </p>
    )}
    <div class="next-steps">
      <a class="primary" href="/orders">
        {scene.t.errors.orders}
      </a>
      <a class="secondary" href="/">
        {scene.t.errors.home}
      </a>
    </div>
  </div>
);

export function notFoundPage(
  c: UiContext,
  scene: Scene,
  what: "page" | "order",
) {
  const { errors } = scene.t;
  const [title, body] =
    what === "order"
      ? [errors.orderNotFoundTitle, errors.orderNotFoundBody]
      : [errors.notFoundTitle, errors.notFoundBody];
  return show(
    c,
    scene,
    404,
    <ErrorPage scene={scene} title={title} body={body} />,
  );
}

export function badReturnPage(c: UiContext, scene: Scene) {
  const { badReturnTitle, badReturnBody } = scene.t.errors;
  return show(
    c,
    scene,
    400,
    <ErrorPage scene={scene} title={badReturnTitle} body={badReturnBody} />,
  );
}

/** For what nobody foresaw (5xx), and for requests that were refused before they reached a page. */
export function failurePage(
  c: UiContext,
  scene: Scene,
  status: ContentfulStatusCode,
) {
  const { errors } = scene.t;
  const ours = status >= 500;
  return show(
    c,
    scene,
    status,
    <ErrorPage
      scene={scene}
      title={ours ? errors.brokenTitle : errors.refusedTitle}
      body={ours ? errors.brokenBody : errors.refusedBody}
      requestId={c.var.requestId}
    />,
  );
}

function show(
  c: UiContext,
  scene: Scene,
  status: ContentfulStatusCode,
  body: Child,
) {
  const { errors } = scene.t;
  const title = status === 404 ? errors.notFoundTitle : errors.brokenTitle;
  return renderPage(c, scene, { title, status }, body);
}
