// A shop with one product that uses PayFlow for payments. It places an order by the API, redirects the shopper to
// PayFlow's checkout, gets the shopper back at `returnUrl`, and receives the outcome by webhook.
import { createPayflowClient, verifyWebhook, type WebhookEvent } from "@payflow/client";

export type ShopSettings = {
  /** This shop's address for browsers. */
  readonly url: string;
  readonly payflowUrl: string;
  /** A key of role `operate`. */
  readonly apiKey: string;
  readonly webhookSecret: string;
};

type Sale = {
  /** The shop's own number; PayFlow keeps it as `merchantReference`. */
  readonly reference: string;
  readonly name: string;
  orderId?: string;
  status: "waiting for payment" | "paid" | "refunded" | "closed";
};

const mug = { name: "Mug", price: 12_000 };

/** The shop as one fetch handler. */
export function createShop(settings: ShopSettings): (request: Request) => Promise<Response> {
  const { url, payflowUrl, apiKey, webhookSecret } = settings;
  const payflow = createPayflowClient({ baseUrl: payflowUrl, apiKey });
  // a real shop stores both in its database, in one transaction
  const sales = new Map<string, Sale>();
  const handled = new Set<string>();

  async function buy(form: FormData): Promise<Response> {
    const { name = "", email = "" } = Object.fromEntries(form) as Record<string, string>;
    const sale: Sale = { reference: crypto.randomUUID(), name, status: "waiting for payment" };
    sales.set(sale.reference, sale);
    const { data, error } = await payflow.POST("/api/orders", {
      // a repeated request returns the same order
      params: { header: { "Idempotency-Key": sale.reference } },
      body: {
        orderName: mug.name,
        amount: mug.price,
        customerName: sale.name,
        customerEmail: email,
        merchantReference: sale.reference,
        metadata: { colour: "blue" },
        returnUrl: `${url}/sales/${sale.reference}`,
      },
    });
    if (!data?.checkoutUrl) return refused(error?.detail);
    sale.orderId = data.orderId;
    return Response.redirect(data.checkoutUrl, 303);
  }

  /** Responds 2xx when the event is stored; PayFlow resends it after any other response. */
  async function receive(request: Request): Promise<Response> {
    let event: WebhookEvent;
    try {
      event = verifyWebhook(request.headers, await request.text(), webhookSecret);
    } catch {
      return new Response("The signature is not valid", { status: 400 });
    }
    const sale = sales.get(event.data.merchantReference ?? "");
    if (sale && !handled.has(event.id)) {
      if (event.type === "OrderConfirmed") sale.status = "paid";
      if (event.type === "OrderRefunded") sale.status = "refunded";
      if (event.type === "OrderCanceled" || event.type === "OrderExpired") sale.status = "closed";
    }
    handled.add(event.id);
    return new Response(null, { status: 204 });
  }

  async function refund({ orderId = "", reference }: Sale): Promise<Response> {
    const { error } = await payflow.POST("/api/payments/{orderId}/cancel", {
      params: { path: { orderId }, header: { "Idempotency-Key": `refund-${reference}` } },
      body: { reason: "The mug came back" },
    });
    if (error) return refused(error.detail);
    return Response.redirect(`${url}/staff`, 303);
  }

  return async (request) => {
    const { pathname } = new URL(request.url);
    const [, place, reference = ""] = pathname.split("/");
    const sale = sales.get(reference);
    switch (`${request.method} /${place}`) {
      case "GET /":
        return page(mug.name, `${won(mug.price)}${buyForm}`);
      case "POST /buy":
        return await buy(await request.formData());
      case "POST /hooks":
        return await receive(request);
      case "GET /sales":
        return sale ? page(`Your mug is ${sale.status}`, thanks(sale)) : missing();
      // a real shop needs a sign-in here
      case "GET /staff":
        return page("Sales", [...sales.values()].map(staffRow).join(""));
      case "POST /refund":
        return sale?.orderId ? await refund(sale) : missing();
      default:
        return missing();
    }
  };
}

const buyForm = `
  <form method="post" action="/buy">
    <label>Name <input name="name" required autocomplete="name"></label>
    <label>E-mail <input name="email" type="email" required autocomplete="email"></label>
    <button>Buy the mug</button>
  </form>`;

const thanks = ({ name, reference }: Sale) =>
  `<p>Thank you, ${escaped(name)}. Your number is ${reference}.</p><p><a href="">Look again</a></p>`;

const staffRow = ({ reference, name, status }: Sale) => `
  <form method="post" action="/refund/${reference}">
    ${escaped(name)}: ${status} ${status === "paid" ? "<button>Refund</button>" : ""}
  </form>`;

const refused = (detail = "") => page("That did not work", escaped(detail), 422);
const missing = () => page("Not found", "", 404);
const won = (amount: number) => `<p>${amount.toLocaleString("en")} won</p>`;
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function page(title: string, content: string, status = 200): Response {
  const html = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="icon" href="data:,">
  <style>
    :root { color-scheme: light dark; font: 1.125rem/1.6 system-ui, sans-serif }
    body { max-width: 26rem; margin: 3rem auto; padding: 0 1rem }
    form { display: grid; gap: 1rem; margin-block: 1rem }
    input, button { font: inherit; width: 100%; box-sizing: border-box; padding: 0.6rem; border-radius: 0.5rem; border: 1px solid gray }
    button { border: 0; background: #b3261e; color: white; font-weight: 600 }
  </style>
  <main><h1>${title}</h1>${content}</main>
</html>`;
  return new Response(html, { status, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

if (import.meta.main) {
  const { PORT = "3000", PAYFLOW_URL, PAYFLOW_KEY = "", WEBHOOK_SECRET = "" } = process.env;
  const { port } = Bun.serve({
    port: Number(PORT),
    hostname: "127.0.0.1",
    fetch: (request) => shop(request),
  });
  const url = `http://localhost:${port}`;
  const shop = createShop({
    url,
    payflowUrl: PAYFLOW_URL ?? "http://localhost:8080",
    apiKey: PAYFLOW_KEY,
    webhookSecret: WEBHOOK_SECRET,
  });
  console.log(`The shop is open at ${url}`);
}
