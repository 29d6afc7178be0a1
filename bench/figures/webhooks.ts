import type { Bench, Figure, FigureResult } from "../figure.ts";
import { authenticate, confirm, dropWebhooks, place, type ConfirmBody } from "../load/shopper.ts";
import { ms } from "../report/cells.ts";
import { spreadOf } from "../report/percentiles.ts";

const queryMs = 300;
const atOnce = 8;

export const webhooks: Figure = {
  name: "webhooks",
  title: "Responses to webhooks",
  summary: "how long Toss waits for a response, compared with a receiver that queries Toss first",
  estimateMs: () => 30_000,
  run,
};

/** Measures how long Toss waits for a response while its status queries take 300 ms. */
async function run(bench: Bench): Promise<FigureResult> {
  const shop = await bench.startShop({ name: "webhooks", payment: 1, sandbox: true });
  const places = { orderUrl: shop.url, sandboxUrl: shop.sandboxUrl };
  bench.step("webhooks: paying orders");
  await dropWebhooks(places);
  const paid = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const body = await authenticate(places, await place(places));
      await confirm(places, body);
      return body;
    }),
  );
  await send(`${shop.sandboxUrl}/_sandbox/faults`, {
    operation: "find",
    fault: "delay",
    delayMs: queryMs,
  });
  bench.step("webhooks: stored or queried first");
  const turns = Array.from({ length: 20 * bench.scale.rounds }, () => paid).flat();
  const count = turns.length;
  const stored: number[] = [];
  const queriedFirst: number[] = [];
  const worker = async () => {
    for (let body = turns.pop(); body; body = turns.pop()) {
      stored.push(await elapsed(() => sendWebhook(shop.url, body)));
      queriedFirst.push(await elapsed(() => query(shop.sandboxUrl, body)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await shop.stop();
  const rivals = [
    { label: "stored, responded, queried later", spread: spreadOf(stored) },
    { label: "queried first, then responded", spread: spreadOf(queriedFirst) },
  ];
  return {
    targets: [],
    tables: [
      {
        caption: `${count} webhooks, ${atOnce} at once, while Toss takes ${queryMs} ms for a status query`,
        head: ["", "p50", "p99", "longest"],
        rows: rivals.map(({ label, spread }) => [
          label,
          ms(spread.p50),
          ms(spread.p99),
          ms(spread.max),
        ]),
      },
    ],
    charts: [],
    notes: ["Toss gives up after ten seconds, and sends the webhook again later."],
    samples: { stored: rivals[0]?.spread, queriedFirst: rivals[1]?.spread },
  };
}

async function sendWebhook(url: string, { paymentKey, orderId }: ConfirmBody): Promise<void> {
  await send(
    `${url}/webhooks/toss`,
    {
      createdAt: new Date().toISOString(),
      eventType: "PAYMENT_STATUS_CHANGED",
      data: { paymentKey, orderId, status: "DONE" },
    },
    { "tosspayments-webhook-transmission-id": `whtrans_${crypto.randomUUID()}` },
  );
}

async function query(sandboxUrl: string, { paymentKey }: ConfirmBody): Promise<void> {
  const response = await fetch(`${sandboxUrl}/v1/payments/${paymentKey}`, {
    headers: { Authorization: `Basic ${btoa("test_sk_sandbox:")}` },
  });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
}

async function send(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
}

async function elapsed(work: () => Promise<void>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
