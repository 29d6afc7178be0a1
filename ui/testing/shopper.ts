import { afterAll, afterEach, beforeAll, beforeEach, expect } from "bun:test";
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from "playwright-core";
import type { OrderPage } from "../contract.ts";
import { launchBrowser } from "./browser.ts";
import type { FakeShopOptions } from "./fake_shop.ts";
import { serveUi, type ServedUi } from "./serve_ui.ts";

/** A shopper with a phone and a shop of their own, both fresh for each test. */
export type Shopper = {
  readonly ui: ServedUi;
  /** A page of a browser without a session. */
  visit(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** A page of the browser that owns the orders added by `added` and `returned`. */
  visitAsOwner(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** The path of an unpaid order. */
  added(): string;
  /** Toss's redirect after the buyer has approved an order. */
  returned(): string;
  /** The only order; fails when there are more or none. */
  onlyOrder(): OrderPage;
};

export type TossRequest = {
  readonly method: string;
  readonly successUrl: string;
  readonly amount: { readonly currency: string; readonly value: number };
};

/** Registers set-up and clean-up hooks; a test fails when a page threw or its policy blocked something. */
export function shopperForTests(options: FakeShopOptions = {}): Shopper {
  let browser: Browser;
  let ui: ServedUi;
  let contexts: BrowserContext[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(() => browser.close());
  beforeEach(() => {
    ui = serveUi(options);
    complaints.length = 0;
  });
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    contexts = [];
    await ui.stop();
    expect(complaints).toEqual([]);
  });

  const shopper: Shopper = {
    get ui() {
      return ui;
    },
    async visit(path, options = {}) {
      const context = await browser.newContext({
        viewport: { width: 360, height: 780 },
        locale: "ko-KR",
        ...options,
      });
      contexts.push(context);
      context.setDefaultTimeout(120_000);
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (/content security policy|refused to/i.test(message.text()))
          complaints.push(message.text());
      });
      await page.goto(ui.url + path);
      return page;
    },
    visitAsOwner(path, options = {}) {
      const session = {
        name: "session",
        value: "tester",
        domain: new URL(ui.url).hostname,
        path: "/",
        expires: -1,
        httpOnly: true,
        secure: false,
        sameSite: "Lax" as const,
      };
      const storageState = { cookies: [session], origins: [] };
      return shopper.visit(path, { ...options, storageState });
    },
    added: () => `/orders/${ui.shop.add({}).orderId}`,
    returned() {
      const { orderId, amount } = ui.shop.add({});
      return `/success?paymentType=NORMAL&orderId=${orderId}&paymentKey=tviva123&amount=${amount}`;
    },
    onlyOrder() {
      expect(ui.shop.orders.size).toBe(1);
      return [...ui.shop.orders.values()][0]!;
    },
  };
  return shopper;
}

/** The shop with one product chosen by a link. */
export const oneChosen = "/?quantity.dev-tool=1";

export async function fillIn(page: Page): Promise<void> {
  await page.getByLabel("이름").fill("김토스");
  await page.getByLabel("이메일").fill("kim@example.com");
  await page.getByRole("checkbox").check();
}

export const payButton = (page: Page): Locator =>
  page.getByRole("button", { name: /결제하기$|다시 결제$|다시 시도$/ });

/** A button of Toss's stand-in window: approve, decline, cancel or close. */
export const inWindow = (page: Page, name: string): Locator =>
  page.locator("#toss-window").getByRole("button", { name });

/** Waits until the verdict contains this text. */
export const verdict = (page: Page, text: string): Promise<void> =>
  page.getByRole("heading", { level: 1, name: text }).waitFor();

/** The requests that this page sent to Toss's SDK. */
export const tossRequests = (page: Page): Promise<TossRequest[]> =>
  page.evaluate(
    () => (window as never as { fakeTossRequests?: TossRequest[] }).fakeTossRequests ?? [],
  );
