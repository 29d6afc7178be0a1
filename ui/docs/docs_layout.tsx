import type { Child } from "hono/jsx";
import type { Assets } from "../assets.ts";

type DocsLayoutProps = {
  readonly title: string;
  readonly assets: Assets;
  /** The content between the header and the main part. */
  readonly aside?: Child;
  readonly tools?: Child;
  readonly children: Child;
};

/** A page for developers. Loads no script but docs.js. */
export const DocsLayout = ({ title, assets, aside, tools, children }: DocsLayoutProps) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{title}</title>
      <link rel="icon" href={assets.url("icon.svg")} />
      <link rel="stylesheet" href={assets.url("docs.css")} />
      <script src={assets.url("docs.js")} defer></script>
    </head>
    <body>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <a class="name" href="/docs">
          PayFlow API
        </a>
        <nav aria-label="Documents">
          <a href="/docs/errors">Errors</a>
          <a href="/openapi.json">OpenAPI</a>
          <a href="/asyncapi.json">AsyncAPI</a>
        </nav>
        {tools}
      </header>
      {aside}
      <main id="content" tabindex={-1}>
        {children}
      </main>
      <p id="announcement" class="sr-only" role="status"></p>
    </body>
  </html>
);
