import type { OrderPage } from "../contract.ts";
import type { Scene } from "../scene.ts";

/** Contact of the shop about an order; the mail's subject contains the order number. */
export const Inquiry = ({ scene, order }: { scene: Scene; order: OrderPage }) => {
  const { inquiry: words } = scene.t.find;
  const { name, business } = scene.deps.shop;
  const subject = `[${name}] ${words.subject(order.orderNumber)}`;
  return (
    <section class="card inquiry" aria-labelledby="inquiry-title">
      <h2 id="inquiry-title">{words.title}</h2>
      <div class="next-steps">
        <a
          class="secondary"
          href={`mailto:${business.email}?subject=${encodeURIComponent(subject)}`}
        >
          {words.byMail}
        </a>
        <a class="secondary" href={`tel:${business.phone.replace(/[^+\d]/g, "")}`}>
          {words.byPhone(business.phone)}
        </a>
      </div>
    </section>
  );
};
