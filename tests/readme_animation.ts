// README's animation: one checkout, recorded in Chromium from the running services and the sandbox.
import type { Browser, Page } from "playwright-core";
import { animatedPng, type Frame } from "./animated_png.ts";
import type { TestStack } from "./stack.ts";

type Captions = readonly [order: string, pay: string, fault: string, wait: string, end: string];
export type Recording = {
  readonly locale: string;
  readonly customer: string;
  readonly labels: {
    readonly name: string;
    readonly email: string;
    readonly pay: string;
    /** In the payment window. */
    readonly outcome: string;
    readonly approve: string;
    readonly waiting: RegExp;
    readonly confirmed: RegExp;
  };
  readonly captions: Captions;
};

/** CSS pixels; GitHub shows a README about 900 wide. */
const width = 960;
const height = 600;
const captionHeight = 64;

/**
 * The shopper orders, the sandbox approves the payment and loses its response, the order waits, and is confirmed.
 * Expects a stack whose status queries start some seconds after a confirm, and a sandbox that sends no webhooks.
 */
export async function recordCheckout(
  browser: Browser,
  { stack, recording }: { stack: TestStack; recording: Recording },
): Promise<Uint8Array> {
  const { locale, customer, labels, captions } = recording;
  const context = await browser.newContext({
    locale,
    timezoneId: "Asia/Seoul",
    reducedMotion: "reduce",
    viewport: { width, height },
  });
  context.setDefaultTimeout(60_000);
  const shop = await context.newPage();
  await shop.goto(`${stack.url}/?quantity.dev-tool=1`);
  const stage = await openStage(await context.newPage(), shop);
  const frames: Frame[] = [];
  const shoot = async (caption: string, ms: number, pointer?: Point) => {
    frames.push({ png: await frameOf(shop, { stage, caption, pointer }), ms });
  };

  const [order, pay, fault, wait, end] = captions;
  await shoot(order, 1800);
  await shop.getByLabel(labels.name).scrollIntoViewIfNeeded();
  await shop
    .getByLabel(labels.email)
    .evaluate((field) => field.scrollIntoView({ block: "center" }));
  await shop.getByLabel(labels.name).fill(customer);
  await shoot(order, 700);
  await shop.getByLabel(labels.email).fill("kim@example.com");
  await shoot(order, 900);
  await shop.getByRole("checkbox").check();
  const button = shop.getByRole("button", { name: labels.pay });
  await shoot(order, 1200, await middleOf(button));
  await button.click();

  const paymentWindow = shop.frameLocator("#___tosspayments_iframe___");
  const approve = paymentWindow.getByRole("button", { name: labels.approve });
  await approve.waitFor();
  await shoot(pay, 1800);
  const choice = paymentWindow.getByLabel(labels.outcome);
  await choice.selectOption("lose_response");
  await shoot(fault, 2600, await middleOf(choice));
  await shoot(fault, 1000, await middleOf(approve));
  await approve.click();

  await shop.getByRole("heading", { level: 1, name: labels.waiting }).waitFor();
  await shoot(wait, 3400);
  await shop.getByRole("heading", { level: 1, name: labels.confirmed }).waitFor();
  await shoot(end, 4500);
  await context.close();
  return animatedPng(frames);
}

type Point = { readonly x: number; readonly y: number };

async function middleOf(target: ReturnType<Page["getByLabel"]>): Promise<Point> {
  const box = await target.boundingBox();
  if (!box) throw new Error("Cannot point at an element that is not shown");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A page that shows a screenshot below a caption. */
async function openStage(page: Page, shop: Page): Promise<Page> {
  const address = new URL("/stage-of-the-animation", shop.url()).href;
  await page.route(address, (route) =>
    route.fulfill({
      contentType: "text/html; charset=utf-8",
      body: `<!doctype html><style>
        body { margin: 0; background: #111827; font-family: sans-serif }
        h1 { box-sizing: border-box; height: ${captionHeight}px; margin: 0; padding: 0 24px; color: #fff;
          font-size: 21px; font-weight: 600; line-height: ${captionHeight}px; white-space: nowrap }
        img { display: block; width: ${width}px; height: ${height}px }
        i { position: absolute; width: 44px; height: 44px; margin: -25px; border: 3px solid #f97316;
          border-radius: 50%; background: rgb(249 115 22 / 25%) }
      </style><h1></h1><img alt=""><i hidden></i>`,
    }),
  );
  await page.goto(address);
  await page.setViewportSize({ width, height: height + captionHeight });
  return page;
}

async function frameOf(
  shop: Page,
  { stage, caption, pointer }: { stage: Page; caption: string; pointer: Point | undefined },
): Promise<Uint8Array> {
  await settle(shop);
  const screenshot = (await shop.screenshot()).toString("base64");
  await stage.evaluate(
    async ({ screenshot, caption, pointer, below }) => {
      const [title, image, ring] = ["h1", "img", "i"].map((name) => document.querySelector(name));
      if (!title || !(image instanceof HTMLImageElement) || !ring) throw new Error("no stage");
      title.textContent = caption;
      image.src = `data:image/png;base64,${screenshot}`;
      await image.decode();
      ring.toggleAttribute("hidden", !pointer);
      if (pointer) ring.setAttribute("style", `left: ${pointer.x}px; top: ${pointer.y + below}px`);
    },
    { screenshot, caption, pointer: pointer ?? null, below: captionHeight },
  );
  await settle(stage);
  return stage.screenshot();
}

/** Waits for the fonts: a part of a font loads when one of its letters is first shown. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    await document.fonts.ready;
  });
}
