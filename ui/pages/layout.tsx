import type { Child } from "hono/jsx";
import { Footer } from "../fragments/footer.tsx";
import { Icon } from "../fragments/icon.tsx";
import type { Scene } from "../scene.ts";
import { shopText } from "../shop_text.ts";

export type LayoutProps = {
  readonly scene: Scene;
  readonly title: string;
  /** The entry of the navigation for this page. */
  readonly current?: "shop" | "orders";
  /** Scripts of `ui/static` besides the common one. */
  readonly scripts?: readonly string[];
  /** Without JavaScript the page reloads after this many seconds. */
  readonly refreshSeconds?: number | undefined;
  /** Preview of a link to this page in a chat; orders' pages have none. */
  readonly sharing?: Sharing | undefined;
  readonly children: Child;
};

/** Open Graph data (https://ogp.me). */
export type Sharing = {
  readonly title?: string | undefined;
  readonly description: string;
  /** Absolute URL of a PNG: chats do not show SVG. */
  readonly imageUrl: string;
  readonly url: string;
  /** In won, of the only product in the link. */
  readonly price?: number | undefined;
};

export const Layout = (props: LayoutProps) => {
  const { scene, title, current, scripts = [], refreshSeconds, sharing } = props;
  const { t, assets } = scene;
  const shop = shopText(scene);
  return (
    <html lang={scene.language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · ${shop.name}`}</title>
        <meta name="description" content={shop.description} />
        {sharing && <SharingTags scene={scene} {...sharing} />}
        {current !== "shop" && <meta name="robots" content="noindex" />}
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#121418" media="(prefers-color-scheme: dark)" />
        <meta name="htmx-config" content='{"noSwap":[204,304,"5xx"],"history":false}' />
        {refreshSeconds !== undefined && (
          <noscript>
            <meta http-equiv="refresh" content={String(refreshSeconds)} />
          </noscript>
        )}
        <link rel="icon" type="image/svg+xml" href={assets.url("icon.svg")} />
        <link rel="apple-touch-icon" href={assets.url("icons/icon-180.png")} />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="stylesheet" href={assets.url("app.css")} />
        <link
          rel="preload"
          as="font"
          type="font/woff2"
          href={assets.url("fonts/shop.woff2")}
          crossorigin="anonymous"
          // low, so that the style sheet, which blocks rendering, comes first
          fetchpriority="low"
        />
        <script defer src={assets.url("htmx.js")} />
        {scripts.includes("checkout.js") && (
          <link rel="modulepreload" href={assets.url("toss-loader.js")} />
        )}
        {["app.js", ...scripts].map((name) => (
          <script type="module" src={assets.url(name)} />
        ))}
      </head>
      <body data-request-failed={t.notices.requestFailed}>
        <a class="skip" href="#main">
          {t.skipToContent}
        </a>
        <Header {...props} />
        <main id="main" tabindex={-1}>
          {props.children}
        </main>
        <div id="flash" role="alert" class="flash"></div>
        <Footer scene={scene} />
      </body>
    </html>
  );
};

const SharingTags = ({
  scene,
  title,
  description,
  imageUrl,
  url,
  price,
}: Sharing & { scene: Scene }) => {
  const { name } = shopText(scene);
  return (
    <>
      <meta property="og:site_name" content={name} />
      <meta property="og:locale" content={scene.language === "ko" ? "ko_KR" : "en_US"} />
      <meta property="og:type" content={price === undefined ? "website" : "product"} />
      <meta property="og:title" content={title ?? name} />
      <meta property="og:description" content={description} />
      <meta property="og:url" content={url} />
      <meta property="og:image" content={imageUrl} />
      <meta property="og:image:width" content="800" />
      <meta property="og:image:height" content="800" />
      {price !== undefined && (
        <>
          <meta property="product:price:amount" content={String(price)} />
          <meta property="product:price:currency" content="KRW" />
        </>
      )}
      <meta name="twitter:card" content="summary" />
    </>
  );
};

const Header = ({ scene, current }: LayoutProps) => {
  const { t, deps } = scene;
  const shop = shopText(scene);
  const mark = (page: LayoutProps["current"]) => (page === current ? "page" : undefined);
  return (
    <header class="site-header">
      {deps.toss.clientKey.startsWith("test_") && <p class="test-strip">{t.testShop}</p>}
      <div class="bar">
        <a class="brand" href="/">
          <Icon name="bag" />
          <span>{shop.name}</span>
        </a>
        <nav aria-label={shop.name}>
          <a href="/" aria-current={mark("shop")}>
            {t.nav.shop}
          </a>
          <a href="/orders" aria-current={mark("orders")}>
            {t.nav.orders}
          </a>
        </nav>
        <form method="post" action="/language" class="language">
          <input type="hidden" name="back" value={scene.here} />
          <button name="language" value={t.otherLanguage.code} lang={t.otherLanguage.code}>
            {t.otherLanguage.label}
          </button>
        </form>
      </div>
    </header>
  );
};
