import type { Child } from "hono/jsx";
import { Icon, type IconName } from "../../fragments/icon.tsx";
import type { AdminScene } from "../admin_scene.ts";

export type Section = "attention" | "orders" | "money" | "events" | "keys";

export type AdminLayoutProps = {
  readonly scene: AdminScene;
  readonly title: string;
  /** The entry of the navigation for this page. */
  readonly current?: Section;
  /** Without JavaScript the page reloads after this many seconds. */
  readonly refreshSeconds?: number;
  readonly children: Child;
};

export const AdminLayout = (props: AdminLayoutProps) => {
  const { scene, title, refreshSeconds, children } = props;
  const { t, assets, deps, operator } = scene;
  return (
    <html lang={scene.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · ${deps.shopName} ${t.frame.console}`}</title>
        <meta name="robots" content="noindex" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content='{"noSwap":[204,304,"4xx","5xx"],"history":false}' />
        {refreshSeconds !== undefined && (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        )}
        <link rel="icon" type="image/svg+xml" href={assets.url("icon.svg")} />
        <link rel="stylesheet" href={assets.url("admin.css")} />
        <link rel="stylesheet" href={assets.url("pretendard.css")} />
        <script defer src={assets.url("htmx.js")} />
        <script type="module" src={assets.url("app.js")} />
        <script type="module" src={assets.url("admin.js")} />
      </head>
      <body
        class={operator ? "signed-in" : "signed-out"}
        data-request-failed={t.frame.requestFailed}
      >
        <a class="skip" href="#main">
          {t.frame.skip}
        </a>
        <Header scene={scene} />
        {operator && <Navigation {...props} />}
        <main id="main" tabindex={-1}>
          {children}
        </main>
        <div id="flash" role="alert" class="flash"></div>
      </body>
    </html>
  );
};

const Header = ({ scene }: { scene: AdminScene }) => {
  const { t, deps, operator } = scene;
  return (
    <header class="top">
      <a class="brand" href="/admin">
        <Icon name="bag" />
        <b>{deps.shopName}</b>
        <span>{t.frame.console}</span>
      </a>
      <form method="post" action="/admin/language">
        <input type="hidden" name="back" value={scene.here} />
        <button
          class="quiet"
          name="language"
          value={t.frame.otherLanguage.code}
          lang={t.frame.otherLanguage.code}
        >
          {t.frame.otherLanguage.label}
        </button>
      </form>
      {operator && (
        <form method="post" action="/admin/sign-out" class="who">
          <span class="name">
            <b>{operator.name}</b> <span>{t.frame.roles[operator.role]}</span>
          </span>
          <button class="quiet">{t.frame.signOut}</button>
        </form>
      )}
    </header>
  );
};

const entries: readonly (readonly [Section, string, IconName])[] = [
  ["attention", "/admin", "alert"],
  ["orders", "/admin/orders", "list"],
  ["money", "/admin/money", "bars"],
  ["events", "/admin/events", "flow"],
  ["keys", "/admin/keys", "key"],
];

const Navigation = ({ scene, current }: AdminLayoutProps) => {
  const { t, toCheck = 0, deps } = scene;
  return (
    <nav class="menu" aria-label={t.frame.menu}>
      {entries.map(([section, href, icon]) => (
        <a href={href} aria-current={section === current ? "page" : undefined}>
          <Icon name={icon} />
          <span>{t.frame.nav[section]}</span>
          {section === "attention" && toCheck > 0 && (
            <span class="count">
              <span aria-hidden="true">{toCheck > 99 ? "99+" : toCheck}</span>
              <span class="sr-only">{t.frame.toCheck(String(toCheck))}</span>
            </span>
          )}
        </a>
      ))}
      {deps.sandboxUrl !== undefined && (
        <a class="outside" href={deps.sandboxUrl} rel="noreferrer">
          {t.frame.sandbox} ↗
        </a>
      )}
    </nav>
  );
};
