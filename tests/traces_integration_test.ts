// The spans of a checkout, received as OTLP over HTTP in JSON:
// https://opentelemetry.io/docs/specs/otlp/#otlphttp
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import { shopperOf, type OrderAnswer } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

type Sent = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status: { readonly code: number };
  readonly attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
};
type Span = Sent & { readonly service: string };

const spans: Span[] = [];
let receiver: Bun.Server<undefined>;
let stack: TestStack;
let shopper: ReturnType<typeof shopperOf>;

beforeAll(async () => {
  receiver = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      expect(new URL(request.url).pathname).toBe("/v1/traces");
      const { resourceSpans } = (await request.json()) as {
        resourceSpans: {
          resource: Pick<Sent, "attributes">;
          scopeSpans: { spans: Sent[] }[];
        }[];
      };
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = attribute(resource, "service.name");
        for (const { spans: sent } of scopeSpans)
          spans.push(...sent.map((span) => ({ ...span, service })));
      }
      return Response.json({});
    },
  });
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${receiver.port}/` };
  // no webhook may start its own trace: the response to the confirm is enough
  stack = await testStack({
    order: { ...settings, CONFIRM_WAIT_MS: "30000" },
    payment: { ...settings, CONFIRM_WAIT_MS: "30000", RECONCILE_AFTER_MS: "60000" },
  });
  shopper = shopperOf(stack);
  await shopper.sandbox("/_sandbox/webhooks", { drop: true });
});
afterAll(async () => {
  await stack.close();
  await receiver.stop(true);
});

const attribute = ({ attributes }: Pick<Sent, "attributes">, name: string) =>
  String(Object.values(attributes.find(({ key }) => key === name)?.value ?? {})[0] ?? "");

const press = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };

async function post(path: string, body: object): Promise<Response> {
  const { traceId, spanId } = press;
  const headers = {
    "Content-Type": "application/json",
    traceparent: `00-${traceId}-${spanId}-01`,
  };
  return await fetch(stack.url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

test("a checkout is one connected trace, from the shopper's request to the confirmed order", async () => {
  const placed = await post("/api/orders", {
    items: [{ productId: "dev-tool", quantity: 1 }],
    customerName: "김토스",
    customerEmail: "kim@example.com",
  });
  const order = (await placed.json()) as OrderAnswer;
  // the expected spans include payment's handling of OrderCreated
  await eventually(async () => {
    expect(spans.some(({ name }) => name === "process OrderCreated")).toBe(true);
  });
  const authenticated = await shopper.authenticate(order);
  expect((await post("/api/payments/confirm", authenticated)).status).toBe(200);

  const own = await eventually(() => {
    const found = spans.filter(({ traceId }) => traceId === press.traceId);
    expect(found.filter(({ name }) => name === "process PaymentConfirmed")).toHaveLength(1);
    expect(found.filter(({ name }) => name === "send OrderConfirmed")).toHaveLength(1);
    // each process exports its spans in its own interval, so a parent may arrive after its children
    const ids = new Set([press.spanId, ...found.map(({ spanId }) => spanId)]);
    expect(found.filter(({ parentSpanId = "" }) => !ids.has(parentSpanId))).toEqual([]);
    return found;
  });
  const byId = new Map(own.map((span) => [span.spanId, span]));
  const pathOf = (span: Span | undefined): string[] => {
    if (span === undefined) return [];
    const parent = byId.get(span.parentSpanId ?? "");
    return [...pathOf(parent), `${span.service.replace("payflow-", "")}: ${span.name}`];
  };
  const paths = own.map((span) => pathOf(span).join(" > "));
  const placing = "order: POST /api/orders > order: save orders > order: send OrderCreated";
  expect(paths).toContain(`${placing} > payment: process OrderCreated > payment: save payments`);
  const confirming =
    "order: POST /api/payments/confirm > order: POST /internal/payments/confirm > payment: POST /internal/payments/confirm";
  expect(paths).toContain(`${confirming} > payment: toss confirm`);
  const announced = `${confirming} > payment: save payments > payment: send PaymentConfirmed > order: process PaymentConfirmed`;
  expect(paths).toContain(announced);
  // either the response or the event updated the order, whichever came first
  expect(
    paths.filter((path) => path.endsWith("order: save orders > order: send OrderConfirmed")),
  ).toHaveLength(1);

  const [toss] = own.filter(({ name }) => name === "toss confirm");
  const named = (name: string) => attribute(toss as Span, name);
  expect(named("payflow.order_id")).toBe(order.orderId);
  expect(named("payflow.payment_key")).toBe(authenticated.paymentKey);
  expect(named("payflow.toss_trace_id")).not.toBe("");
  expect(named("http.response.status_code")).toBe("200");
  expect(own.filter(({ status }) => status.code === 2)).toEqual([]);
  const text = JSON.stringify(own);
  expect(text).not.toContain("김토스");
  expect(text).not.toContain("kim@example.com");
  console.log(`A checkout has ${own.length} spans`);
});

test("a caller's sampling flag is respected, and orders are paid while the receiver is down", async () => {
  const call = (digit: string, flags: string) =>
    fetch(`${stack.url}/api/products`, {
      headers: { traceparent: `00-${digit.repeat(32)}-${"6".repeat(16)}-${flags}` },
    });
  const of = (digit: string) => spans.filter(({ traceId }) => traceId === digit.repeat(32));
  await call("5", "00");
  await call("7", "01");
  await eventually(() => expect(of("7")).toHaveLength(1));
  expect(of("5")).toEqual([]);
  await receiver.stop(true);
  const { orderId } = await shopper.pay();
  await eventually(async () => {
    expect((await shopper.get(orderId)).status).toBe("CONFIRMED");
  });
});
