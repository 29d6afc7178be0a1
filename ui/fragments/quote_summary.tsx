import type { Quote } from "../contract.ts";
import { wonText } from "../money_text.ts";
import type { Scene } from "../scene.ts";
import { Icon } from "./icon.tsx";

/** The lines, their total and the button that says it: everything that a changed quantity changes. */
export const QuoteSummary = ({
  scene,
  quote,
}: {
  scene: Scene;
  quote: Quote | undefined;
}) => {
  const { t, language } = scene;
  const amount = wonText(quote?.amount ?? 0, language);
  return (
    <div id="quote">
      <input
        type="hidden"
        name="shownAmount"
        value={String(quote?.amount ?? 0)}
      />
      {quote && (
        <ul class="lines">
          {quote.items.map((item) => (
            <li>
              <span>{item.name}</span>
              <span class="times">{t.shop.lines(item.quantity)}</span>
              <span class="sum">
                {wonText(item.unitPrice * item.quantity, language)}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p class="total" aria-live="polite">
        <span>{t.shop.total}</span>
        <strong>{amount}</strong>
      </p>
      <button class="primary pay-button" disabled={!quote}>
        <Icon name="lock" />
        <span class="idle">
          {quote ? t.shop.pay(amount) : t.shop.payNothing}
        </span>
        <span class="busy">{t.shop.placing}</span>
      </button>
    </div>
  );
};
