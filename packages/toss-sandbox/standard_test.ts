// Tests the SDK stand-in without a browser, against a stub of the page. Other tests show its
// overlay in a real browser.

import { expect, test } from "bun:test";
import { compileFunction } from "node:vm";
import { eventually, openTestSandbox } from "./sandbox_fixture.ts";

const phone = "Mozilla/5.0 (Linux; Android 16; Pixel) Mobile Safari";
const desktop = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156";

type Listener = (event: any) => void;

async function openPage(userAgent = desktop, answer?: () => Response) {
  const toss = openTestSandbox();
  const script = (await toss.send("/v2/standard")).text;
  const listeners = new Map<string, Listener>();
  const went: string[] = [];
  const frames: any[] = [];
  const element = (tag: string) => {
    const made = {
      tag,
      style: {},
      children: [] as unknown[],
      contentWindow: {},
      append: (...more: unknown[]) => void made.children.push(...more),
      addEventListener() {},
      setAttribute() {},
      focus() {},
      remove: () => void frames.splice(0),
    };
    if (tag === "iframe") frames.push(made);
    return made;
  };
  const window: Record<string, any> = {
    addEventListener: (name: string, listener: Listener) => listeners.set(name, listener),
    removeEventListener: (name: string) => listeners.delete(name),
    location: { assign: (url: string) => void went.push(url) },
  };
  const document = {
    currentScript: { src: "http://sandbox.test/v2/standard" },
    createElement: element,
    documentElement: { style: {} },
    body: element("body"),
    querySelector: (selector: string) => (selector === "#here" ? element("div") : null),
  };
  const fetch = async (url: string, init: RequestInit) =>
    answer?.() ?? toss.sandbox.fetch(new Request(url, init));
  const names = ["window", "document", "navigator", "fetch"];
  const run = compileFunction(script, names);
  run(window, document, { userAgent }, fetch);

  const order = {
    method: "CARD",
    amount: { currency: "KRW", value: 1_000 },
    orderId: "order-0001",
    orderName: "책상",
    successUrl: "http://shop.test/success",
    failUrl: "http://shop.test/fail",
  };
  const promised = { ...order, successUrl: undefined, failUrl: undefined };
  return {
    TossPayments: window["TossPayments"],
    order,
    promised,
    went,
    frames,
    payment: (clientKey = "test_ck_sandbox") =>
      window["TossPayments"](clientKey).payment({ customerKey: "@@ANONYMOUS" }),
    widgets: () => window["TossPayments"]("test_gck_sandbox").widgets({ customerKey: "me" }),
    /** Posts a message to the page, as the window's script does. */
    report(outcome: object, over: object = {}) {
      const [frame] = frames;
      const paymentKey = frame.src.split("/").at(-1);
      listeners.get("message")?.({
        origin: "http://sandbox.test",
        source: frame.contentWindow,
        data: { paymentKey, ...outcome },
        ...over,
      });
      return paymentKey as string;
    },
    press: (key: string) => listeners.get("keydown")?.({ key }),
    [Symbol.asyncDispose]: () => toss.sandbox.close(),
  };
}

type Page = Awaited<ReturnType<typeof openPage>>;

const codeOf = async (act: () => unknown): Promise<unknown> => {
  try {
    await act();
    return "no error";
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

/** Waits for the overlay, which opens after the request for a session. */
async function overlay(page: Page, request: Promise<unknown>): Promise<void> {
  request.catch(() => {}); // the test awaits it later
  await eventually("the overlay", () => page.frames[0]);
}

test("rejects keys of the wrong kind", async () => {
  await using page = await openPage();
  const customer = { customerKey: "me" };
  const made = (key: unknown) => () => page.TossPayments(key);
  expect(await codeOf(made(undefined))).toBe("INVALID_CLIENT_KEY");
  expect(await codeOf(made("hello"))).toBe("INVALID_CLIENT_KEY");
  expect(await codeOf(made("test_sk_x"))).toBe("INSECURE_KEY_USAGE");
  expect(await codeOf(made("live_gsk_x"))).toBe("INSECURE_KEY_USAGE");
  expect(await codeOf(() => page.TossPayments("test_gck_x").payment(customer))).toBe(
    "NOT_SUPPORTED_WIDGET_KEY",
  );
  expect(await codeOf(() => page.TossPayments("test_ck_x").widgets(customer))).toBe(
    "NOT_SUPPORTED_API_INDIVIDUAL_KEY",
  );
  expect(await codeOf(() => page.TossPayments("test_ck_x").payment({}))).toBe(
    "INVALID_CUSTOMER_KEY",
  );
  expect(page.TossPayments.ANONYMOUS).toBe("@@ANONYMOUS");
});

test("rejects SDK v1 calls with V1_METHOD_NOT_SUPPORTED", async () => {
  await using page = await openPage();
  const toss = page.TossPayments("test_ck_sandbox");
  expect(await codeOf(() => toss.requestPayment("카드", page.order))).toBe(
    "V1_METHOD_NOT_SUPPORTED",
  );
  expect(await codeOf(() => toss.requestBillingAuth("카드", {}))).toBe("V1_METHOD_NOT_SUPPORTED");
});

test("throws UNKNOWN for a response that is not JSON, with any status", async () => {
  for (const status of [200, 502]) {
    const page = () => new Response("<html>Bad gateway", { status });
    await using broken = await openPage(desktop, page);
    const request = () => broken.payment().requestPayment(broken.order);
    expect(await codeOf(request)).toBe("UNKNOWN");
    // the failed request does not block the next one
    expect(await codeOf(request)).toBe("UNKNOWN");
  }
});

test("the shop gets the sandbox's errors in Korean", async () => {
  await using page = await openPage();
  const request = { ...page.order, orderName: "" };
  const error = await page
    .payment()
    .requestPayment(request)
    .catch((error: unknown) => error);
  expect(error).toMatchObject({
    code: "INVALID_ORDER_NAME",
    message: "주문 이름은 100자 이하여야 합니다.",
  });
});

test("requestPayment rejects the same requests as Toss's SDK", async () => {
  await using page = await openPage();
  const codes = [];
  for (const wrong of [
    { method: "CASH" },
    { amount: null },
    { amount: { currency: "EUR", value: 1 } },
    { amount: { currency: "KRW", value: "1000" } },
    { amount: { currency: "KRW", value: 1_000.5 } },
    { amount: { currency: "JPY", value: 0.5 } },
    { amount: { currency: "KRW", value: 0 } },
    { orderId: 7 },
    { successUrl: "/success" },
    { failUrl: undefined },
    { metadata: { a: 1 } },
    { card: { flowMode: "DIRECT" } },
    { orderId: "short" },
  ]) {
    const request = { ...page.order, ...wrong };
    codes.push(await codeOf(() => page.payment().requestPayment(request)));
  }
  expect(codes).toEqual([
    "NOT_SUPPORTED_METHOD",
    "INVALID_PARAMETERS",
    "INVALID_AMOUNT_CURRENCY",
    "INVALID_AMOUNT_VALUE",
    "INVALID_AMOUNT_VALUE",
    "INVALID_AMOUNT_VALUE",
    "BELOW_ZERO_AMOUNT",
    "INVALID_PARAMETERS",
    "INCORRECT_SUCCESS_URL_FORMAT",
    "INCORRECT_FAIL_URL_FORMAT",
    "INVALID_METADATA",
    "INVALID_FLOW_MODE_PARAMETERS",
    "INVALID_ORDER_ID",
  ]);
});

test("the overlay on a PC ignores foreign messages and stays until the redirect", async () => {
  await using page = await openPage();
  await overlay(page, page.payment().requestPayment(page.order));
  const redirectUrl = "http://shop.test/success?paymentKey=1";
  page.report({ redirectUrl }, { origin: "http://evil.test" });
  page.report({ redirectUrl }, { source: {} });
  page.report({ redirectUrl, paymentKey: "another" });
  expect(page.went).toEqual([]);
  page.report({ redirectUrl });
  expect(page.went).toEqual([redirectUrl]);
  expect(page.frames).toHaveLength(1);
});

test("closing the overlay rejects with USER_CANCEL and allows another request", async () => {
  await using page = await openPage();
  const first = page.payment().requestPayment(page.order);
  await overlay(page, first);
  expect(await codeOf(() => page.payment().requestPayment(page.order))).toBe(
    "INVALID_METHOD_TRANSACTION",
  );
  page.report({ closed: true });
  expect(await codeOf(() => first)).toBe("USER_CANCEL");
  expect(page.frames).toHaveLength(0);
  const second = page.payment().requestPayment(page.order);
  await overlay(page, second);
  page.press("Escape");
  expect(await codeOf(() => second)).toBe("USER_CANCEL");
});

test("without redirect URLs the promise settles with the result", async () => {
  await using page = await openPage();
  const paid = page.payment().requestPayment(page.promised);
  await overlay(page, paid);
  const paymentKey = page.report({ redirectUrl: null });
  const { orderId, amount } = page.order;
  expect(await paid).toEqual({ paymentKey, orderId, amount });
  const refused = page.payment().requestPayment(page.promised);
  await overlay(page, refused);
  page.report({ redirectUrl: null, code: "REJECT_CARD_COMPANY", message: "거절" });
  expect(await codeOf(() => refused)).toBe("REJECT_CARD_COMPANY");
});

test("a phone navigates to the window and rejects a request without URLs", async () => {
  await using page = await openPage(phone);
  expect(await codeOf(() => page.payment().requestPayment(page.promised))).toBe(
    "NOT_SUPPORTED_PROMISE",
  );
  void page.payment().requestPayment(page.order);
  await eventually("the way to the window", () => page.went[0]);
  expect(page.went[0]).toStartWith("http://sandbox.test/window/tviva");
  expect(page.frames).toHaveLength(0);
});

test("destroy aborts a pending request", async () => {
  await using page = await openPage();
  const payment = page.payment();
  const request = payment.requestPayment(page.order);
  await overlay(page, request);
  payment.destroy();
  expect(await codeOf(() => request)).toBe("PAYMENT_REQUEST_ABORTED");
});

test("widgets require an amount and a valid selector", async () => {
  await using page = await openPage();
  const widgets = page.widgets();
  const here = { selector: "#here" };
  expect(await codeOf(() => widgets.renderPaymentMethods(here))).toBe("NOT_SETUP_AMOUNT");
  await widgets.setAmount(page.order.amount);
  expect(await codeOf(() => widgets.requestPayment(page.order))).toBe(
    "NOT_SELECTED_PAYMENT_METHOD",
  );
  expect(await codeOf(() => widgets.renderAgreement({ selector: "#no" }))).toBe("INVALID_SELECTOR");
  const variant = { ...here, variantKey: "AGREEMENT" };
  expect(await codeOf(() => widgets.renderPaymentMethods(variant))).toBe("INVALID_VARIANT_KEY");
  const methods = await widgets.renderPaymentMethods(here);
  await widgets.renderAgreement(variant);
  expect(await codeOf(() => widgets.renderPaymentMethods(here))).toBe(
    "PAYMENT_METHODS_WIDGET_ALREADY_RENDERED",
  );
  expect(await methods.getSelectedPaymentMethod()).toEqual({ code: "CARD" });
  const request = widgets.requestPayment(page.promised);
  await overlay(page, request);
  page.report({ redirectUrl: null });
  expect(await request).toMatchObject({ paymentType: "NORMAL", orderId: "order-0001" });
});

test("widgets reject their own payment window as unsupported", async () => {
  await using page = await openPage();
  const widgets = page.widgets();
  await widgets.setAmount(page.order.amount);
  for (const name of ["renderPaymentWindow", "requestPaymentWindow"]) {
    expect(await codeOf(() => widgets[name]({}))).toBe("NOT_SUPPORTED_METHOD");
  }
});
