import type { FormQuote, LeftOut } from "../checkout_form.ts";
import { wonText } from "../money_text.ts";
import type { Scene } from "../scene.ts";
import { itemName } from "../shop_text.ts";
import { Icon } from "./icon.tsx";

/** The lines, their total and the button that says it: everything that a changed quantity changes. */
export const QuoteSummary = ({
  scene,
  quoted: { quote, leftOut },
}: {
  scene: Scene;
  quoted: FormQuote;
}) => {
  const { t, language } = scene;
  const amount = wonText(quote?.amount ?? 0, language);
  return (
    <div id="quote">
      <input
        type="hidden"
        name="shownAmount"
        value={String(quote?.amount ?? 0)}
        autocomplete="off"
      />
      <LeftOutLines scene={scene} leftOut={leftOut} />
      {quote && (
        <ul class="lines">
          {quote.items.map((item) => (
            <li>
              <span>{itemName(scene, item)}</span>
              <span class="times">{t.shop.lines(item.quantity)}</span>
              <span class="sum">{wonText(item.unitPrice * item.quantity, language)}</span>
            </li>
          ))}
        </ul>
      )}
      <p class="total" aria-live="polite">
        <span>{t.shop.total}</span>
        <strong>{amount}</strong>
      </p>
      <TaxFree scene={scene} amount={quote?.taxFreeAmount} />
      <div class="pay-line">
        <button class="primary pay-button" disabled={!quote}>
          <Icon name="lock" />
          <span class="idle">{quote ? t.shop.pay(amount) : t.shop.payNothing}</span>
          <span class="busy">{t.shop.placing}</span>
        </button>
      </div>
    </div>
  );
};

/** How much of a sum bears no VAT; nothing where it all does. */
export const TaxFree = ({ scene, amount }: { scene: Scene; amount: number | undefined }) =>
  amount ? (
    <p class="hint tax-free">{scene.t.order.taxFree(wonText(amount, scene.language))}</p>
  ) : null;

/** Names that are listed for one reason; the rest is counted. */
const namesMax = 3;

/** Why the total has less in it than was chosen. */
const LeftOutLines = ({ scene: { t }, leftOut }: { scene: Scene; leftOut: readonly LeftOut[] }) => {
  if (leftOut.length === 0) return null;
  const lines = [...Map.groupBy(leftOut, ({ reason }) => reason)];
  return (
    <ul class="notice warn left-out" role="status">
      {lines.map(([reason, those]) => {
        const names = those.map(({ name }) => name ?? t.shop.unknownName);
        const more = names.length - namesMax;
        const named = names.slice(0, namesMax).join(", ");
        return <li>{t.shop.leftOut[reason](more > 0 ? t.shop.andMore(named, more) : named)}</li>;
      })}
    </ul>
  );
};
