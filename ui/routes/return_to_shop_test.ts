import { expect, test } from "bun:test";
import { AppError } from "@payflow/shared";
import type { OrderPage } from "../contract.ts";
import { browse } from "../testing/browse.ts";

const returnTo = "https://mall.example/thanks?cart=7&orderId=1";
const back = ({ orderId, amount }: OrderPage) => ({
  paymentKey: "tviva-1",
  orderId,
  amount: String(amount),
});

test.each(["DONE", "WAITING_FOR_DEPOSIT"] as const)(
  "POST /success redirects to the integrator's shop when the payment is %s",
  async (answer) => {
    const ui = browse();
    ui.shop.confirmAnswer = answer;
    const quick = ui.shop.add({ returnTo });
    const scripted = await ui.post("/success", back(quick), { htmx: true });
    expect(scripted.headers.get("hx-redirect")).toBe(returnTo);
    const plain = await ui.post("/success", back(ui.shop.add({ returnTo })));
    expect([plain.status, plain.headers.get("location")]).toEqual([303, returnTo]);
  },
);

test("POST /success does not redirect after a decline, an unknown outcome, or a refund of a late payment", async () => {
  const answers = [
    new AppError("declined", "payment_declined", "No", {
      extensions: { providerCode: "REJECT_CARD_PAYMENT", providerMessage: "한도초과" },
    }),
    "IN_PROGRESS",
    new AppError("conflict", "order_not_payable", "Closed", { extensions: { refunding: true } }),
    new AppError("conflict", "order_already_paid", "Paid"),
  ] as const;
  for (const answer of answers) {
    const ui = browse();
    ui.shop.confirmAnswer = answer;
    const { status, headers, body } = await ui.post("/success", back(ui.shop.add({ returnTo })), {
      htmx: true,
    });
    expect([status, headers.get("hx-redirect")]).toEqual([200, null]);
    expect(body).toContain("쇼핑몰로 돌아가기");
  }
});

test("a browser that no link let in gets neither the redirect nor the link to the integrator's shop", async () => {
  const ui = browse();
  const order = ui.shop.add({ returnTo });
  const { headers, body } = await ui.post("/success", back(order), {
    session: "safari",
    htmx: true,
  });
  expect(headers.get("hx-redirect")).toBeNull();
  expect(body).not.toContain("mall.example");
  expect((await ui.get(`/orders/${order.orderId}`, { session: "safari" })).body).not.toContain(
    "mall.example",
  );
});

test("an order's page links back to its integrator's shop, and not to this shop's products", async () => {
  const ui = browse();
  const page = async (order: Partial<OrderPage>) =>
    (await ui.get(`/orders/${ui.shop.add(order).orderId}`)).body;
  for (const status of ["PENDING", "CONFIRMED", "EXPIRED", "CANCELED"] as const) {
    const body = await page({ status, returnTo });
    expect(body).toContain('href="https://mall.example/thanks?cart=7&amp;orderId=1"');
    expect(body).not.toContain("상품 더 보기");
  }
  expect(await page({ status: "CONFIRMED" })).not.toContain("쇼핑몰로 돌아가기");
});

test("the policy of /success allows a form's redirect to that shop only", async () => {
  const ui = browse();
  const policyOf = async (order: Partial<OrderPage>) => {
    const address = `/success?${new URLSearchParams(back(ui.shop.add(order)))}`;
    return (await ui.get(address)).headers.get("content-security-policy");
  };
  expect(await policyOf({ returnTo })).toContain("form-action 'self' https://mall.example;");
  expect(await policyOf({})).toContain("form-action 'self';");
});
