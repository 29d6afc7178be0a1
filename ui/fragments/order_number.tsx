import type { Scene } from "../scene.ts";
import { Icon } from "./icon.tsx";

/** The order number with a copy button. */
export const OrderNumberLine = ({ scene, orderNumber }: { scene: Scene; orderNumber: string }) => {
  const { t } = scene;
  return (
    <p class="order-number">
      <span>{t.order.orderNumber}</span> <strong id="order-number">{orderNumber}</strong>
      <button
        type="button"
        class="js-only"
        data-copy="order-number"
        data-copied={t.order.numberCopied}
        data-copy-failed={t.account.copyFailed}
      >
        <Icon name="copy" />
        <span aria-live="polite">{t.order.copyNumber}</span>
      </button>
    </p>
  );
};
