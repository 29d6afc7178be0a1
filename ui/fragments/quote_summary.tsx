import type { FormQuote, LeftOut } from "../checkout_form.ts";
import { wonText } from "../money_text.ts";
import type { Scene } from "../scene.ts";
import { itemName } from "../shop_text.ts";
import { Icon } from "./icon.tsx";

/** The items, their total and the submit button: the fragment that a changed quantity replaces. */
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

/** The part of an amount without VAT; nothing when it is 0. */
export const TaxFree = ({ scene, amount }: { scene: Scene; amount: number | undefined }) =>
  amount ? (
    <p class="hint tax-free">{scene.t.order.taxFree(wonText(amount, scene.language))}</p>
  ) : null;

/** Names listed per reason; further ones are only counted. */
const namesMax = 3;

/** The products that are not in the total, with the reasons. */
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
