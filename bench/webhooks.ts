// How long Toss waits for the answer to a webhook: PayFlow stores it and answers; the rival asks Toss first, as most
// receivers do. Both in turns, while Toss takes its time for every question. Toss gives up after 10 s.
import { shopperOf } from "../tests/shopper.ts";
import { testStack } from "../tests/stack.ts";

const orders = 10;
const webhooksEach = 50;
const together = 8;
const questionMs = 300;

const stack = await testStack();
try {
  const shopper = shopperOf(stack);
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
  const paid = await Promise.all(
    Array.from({ length: orders }, async () => {
      const order = await shopper.place();
      const authenticated = await shopper.authenticate(order);
      await shopper.confirm(authenticated);
      return authenticated;
    }),
  );
  await shopper.sandbox("/_sandbox/faults", {
    operation: "find",
    fault: "delay",
    delayMs: questionMs,
    times: 10_000,
  });
  const rivals = {
    "stored, answered, asked later": [] as number[],
    "asked first, then answered": [] as number[],
  };
  const turns = Array.from({ length: webhooksEach }, () => paid).flat();
  const worker = async () => {
    for (let turn = turns.pop(); turn; turn = turns.pop()) {
      const { paymentKey, orderId } = turn;
      rivals["stored, answered, asked later"].push(
        await elapsed(async () => {
          const answer = await fetch(`${stack.url}/webhooks/toss`, {
            method: "POST",
            headers: {
              "Content-Type": "application/json",
              "tosspayments-webhook-transmission-id": `whtrans_${crypto.randomUUID()}`,
            },
            body: JSON.stringify({
              createdAt: new Date().toISOString(),
              eventType: "PAYMENT_STATUS_CHANGED",
              data: { paymentKey, orderId, status: "DONE" },
            }),
          });
          if (!answer.ok) throw new Error(await answer.text());
        }),
      );
      rivals["asked first, then answered"].push(
        await elapsed(async () => {
          const answer = await fetch(`${stack.sandboxUrl}/v1/payments/${paymentKey}`, {
            headers: { Authorization: `Basic ${btoa("test_sk_sandbox:")}` },
          });
          if (!answer.ok) throw new Error(await answer.text());
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
  console.log(
    `${orders * webhooksEach} webhooks, ${together} at once, Toss takes ${questionMs} ms for a question:`,
  );
  for (const [name, times] of Object.entries(rivals)) {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]?.toFixed(1);
    console.log(
      `${name.padEnd(30)} median ${at(0.5)} ms, 99 % within ${at(0.99)} ms, longest ${at(1)} ms`,
    );
  }
} finally {
  await stack.close();
}
process.exit(0);

async function elapsed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
