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
        {scene.t.errors.requestId}
        <br />
        <span class="code">{requestId}</span>
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

export function notFoundPage(c: UiContext, scene: Scene, what: "page" | "order") {
  const { errors } = scene.t;
  const [title, body] =
    what === "order"
      ? [errors.orderNotFoundTitle, errors.orderNotFoundBody]
      : [errors.notFoundTitle, errors.notFoundBody];
  return renderPage(
    c,
    scene,
    { status: 404, title },
    <ErrorPage scene={scene} title={title} body={body} />,
  );
}

export function badReturnPage(c: UiContext, scene: Scene) {
  const { badReturnTitle, badReturnBody } = scene.t.errors;
  return renderPage(
    c,
    scene,
    { status: 400, title: badReturnTitle },
    <ErrorPage scene={scene} title={badReturnTitle} body={badReturnBody} />,
  );
}

/** For internal errors (5xx), and for requests that were refused before they reached a page. */
export function failurePage(c: UiContext, scene: Scene, status: ContentfulStatusCode) {
  const { errors } = scene.t;
  const ours = status >= 500;
  const title = ours ? errors.brokenTitle : errors.refusedTitle;
  return renderPage(
    c,
    scene,
    { status, title },
    <ErrorPage
      scene={scene}
      title={title}
      body={ours ? errors.brokenBody : errors.refusedBody}
      requestId={c.var.requestId}
    />,
  );
}
