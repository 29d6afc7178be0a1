// bun tests/readme_pictures.ts: records README's animations and screenshots into docs/images/.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scriptWords } from "@payflow/local-stack";
import { adminScenes, launchBrowser, openScene } from "@payflow/ui/testing";
import type { BrowserContextOptions, Page } from "playwright-core";
import { recordCheckout, type Recording, settle } from "./readme_animation.ts";
import { testStack, type TestStack } from "./stack.ts";

await scriptWords(
  "bun tests/readme_pictures.ts",
  { summary: "Record README's animations and screenshots again, into docs/images/" },
  process.argv.slice(2),
);
const folder = `${import.meta.dir}/../docs/images`;
const phone = { viewport: { width: 360, height: 780 } };
const lostResponse = "승인되지만 응답이 사라짐";

const english: Recording = {
  locale: "en-GB",
  customer: "Minsu Kim",
  labels: {
    name: "Name",
    email: "E-mail",
    pay: "Pay ₩1,000",
    outcome: "Result of the confirm",
    approve: "Authenticate and pay",
    waiting: /checking the result/,
    confirmed: /Payment complete/,
  },
  captions: [
    "1   A shopper orders",
    "2   Payment window of the bundled Toss sandbox",
    "3   Injected failure: Toss approves, the response is lost",
    "4   PayFlow does not guess: it queries Toss until the outcome is known",
    "5   Confirmed automatically, charged once",
  ],
};
const korean: Recording = {
  locale: "ko-KR",
  customer: "김민수",
  labels: {
    name: "이름",
    email: "이메일",
    pay: "1,000원 결제하기",
    outcome: "승인 결과 선택",
    approve: "인증하고 결제하기",
    waiting: /결제 결과를 확인하고 있습니다/,
    confirmed: /결제가 완료되었습니다/,
  },
  captions: [
    "1   고객이 주문합니다",
    "2   토스 샌드박스의 결제창에서 결제합니다",
    "3   장애 주입: 승인은 됐지만 응답이 유실됩니다",
    "4   추측하지 않고, 결과가 나올 때까지 토스에 조회합니다",
    "5   주문이 자동으로 확정됩니다. 결제는 단 한 번",
  ],
};
const englishShop = {
  ...(await Bun.file(`${import.meta.dir}/../shop.json`).json()),
  name: "PayFlow shop",
  description: "A small shop for developers' tools",
  products: [
    {
      productId: "dev-tool",
      name: "Premium developer tool",
      description: "Commands that save the day",
      unitPrice: 1000,
      currency: "KRW",
    },
    {
      productId: "keycaps",
      name: "Blank keycaps",
      description: "PBT, 104 keys",
      unitPrice: 39000,
      currency: "KRW",
    },
    {
      productId: "stickers",
      name: "Commit stickers",
      description: "Ten, waterproof",
      unitPrice: 4500,
      currency: "KRW",
    },
  ],
};

const browser = await launchBrowser();
try {
  await animation("checkout", { recording: english, shop: englishShop });
  await animation("checkout.ko", { recording: korean });
  await screenshots();
  await consoleScreenshots();
} finally {
  await browser.close();
}
process.exit(0);

async function animation(
  name: string,
  { recording, shop }: { recording: Recording; shop?: unknown },
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "payflow-images-"));
  const order: Record<string, string> = {};
  if (shop) {
    order["SHOP_FILE"] = join(scratch, "shop.json");
    await Bun.write(order["SHOP_FILE"], JSON.stringify(shop));
  }
  // long enough to photograph the waiting order before the first status query
  const stack = await testStack({ order, payment: { RECONCILE_AFTER_MS: "10000" } });
  try {
    await control(stack, "/_sandbox/webhooks", { drop: true });
    const png = await recordCheckout(browser, { stack, recording });
    await Bun.write(`${folder}/${name}.png`, png);
    console.log(name, Math.ceil(png.length / 1024), "KiB");
  } finally {
    await stack.close();
    rmSync(scratch, { recursive: true });
  }
}

async function screenshots(): Promise<void> {
  const stack = await testStack({ payment: { RECONCILE_AFTER_MS: "60000" } });
  const take = (name: string, options: BrowserContextOptions, act: (page: Page) => Promise<void>) =>
    screenshot(stack, { name, options, act });
  try {
    await take("confirmed", phone, (page) => pay(page, /결제가 완료되었습니다/));
    await take("waiting", phone, async (page) => {
      // otherwise the webhook settles the order before the screenshot
      await control(stack, "/_sandbox/webhooks", { drop: true });
      await pay(page, korean.labels.waiting, lostResponse);
      await control(stack, "/_sandbox/webhooks", {});
    });
    await take("declined", phone, (page) =>
      pay(page, /승인되지 않았습니다/, "거절 — 한도 초과 또는 잔액 부족"),
    );
    await take("dark", { ...phone, colorScheme: "dark" }, async () => {});
  } finally {
    await stack.close();
  }
}

/** The console over a shop in memory, with something of everything in it. Only README.ko.md has Korean ones. */
async function consoleScreenshots(): Promise<void> {
  const inKorean = ["admin_attention", "admin_order_paid"];
  const shown = [
    ...inKorean,
    "admin_orders",
    "admin_money",
    "admin_day",
    "admin_events",
    "admin_keys",
  ];
  for (const scene of adminScenes.filter(({ name }) => shown.includes(name)))
    for (const language of ["en", "ko"] as const) {
      if (language === "ko" && !inKorean.includes(scene.name)) continue;
      const viewing = { width: 1280, theme: "light", language } as const;
      await openScene(browser, { scene, viewing }, async (page) => {
        const ending = language === "en" ? "" : ".ko";
        const name = `${scene.name.replace("admin", "console")}${ending}`;
        await page.setViewportSize({ width: 1280, height: 720 });
        await page.screenshot({ path: `${folder}/${name}.png` });
        console.log(name);
      });
    }
}

async function screenshot(
  stack: TestStack,
  shot: { name: string; options: BrowserContextOptions; act: (page: Page) => Promise<void> },
): Promise<void> {
  const { name, options, act } = shot;
  const context = await browser.newContext({
    ...options,
    locale: "ko-KR",
    timezoneId: "Asia/Seoul",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await page.goto(`${stack.url}/?quantity.dev-tool=1`);
  await act(page);
  await settle(page);
  await page.screenshot({ path: `${folder}/${name}.png` });
  console.log(name);
  await context.close();
}

async function pay(page: Page, heading: RegExp, outcome?: string): Promise<void> {
  await page.getByLabel("이름").fill("김민수");
  await page.getByLabel("이메일").fill("kim@example.com");
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "1,000원 결제하기" }).click();
  const paymentWindow = page.frameLocator("#___tosspayments_iframe___");
  if (outcome) {
    const choice = paymentWindow.getByLabel("승인 결과 선택");
    await choice.selectOption({ label: outcome });
  }
  await paymentWindow.getByRole("button", { name: "인증하고 결제하기" }).click();
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

async function control(stack: TestStack, path: string, body: unknown): Promise<void> {
  await fetch(stack.sandboxUrl + path, { method: "POST", body: JSON.stringify(body) });
}
