import { cardName } from "../card_names.ts";
import { isPaid } from "../order_state.ts";
import type { OrderScreen } from "../order_screen.ts";
import type { Scene } from "../scene.ts";

type PaidWithProps = { readonly scene: Scene; readonly screen: OrderScreen };

/** The payment method and the receipt, which shoppers look for first after paying. */
export const PaidWithCard = ({ scene, screen }: PaidWithProps) => {
  const { t } = scene;
  const { order, owned, state } = screen;
  const receiptUrl = order.payment?.receiptUrl;
  const parts = paidWithParts(scene, screen);
  if (!owned || !isPaid(state) || (parts.length === 0 && !receiptUrl)) return <></>;
  return (
    <section class="card paid-with" aria-labelledby="paid-with-title">
      <div>
        <h2 id="paid-with-title">{t.order.paidWith}</h2>
        <p>{parts.join(" · ")}</p>
      </div>
      {receiptUrl && (
        <a class="secondary" href={receiptUrl} rel="noreferrer" target="_blank">
          {t.order.receipt}
        </a>
      )}
    </section>
  );
};

/** `현대카드 ****123*`, `일시불`, `승인번호 00000000`; only the name for other methods. */
function paidWithParts({ t, language }: Scene, { order, paidWith }: OrderScreen): string[] {
  const method = paidWith?.method ?? order.payment?.method;
  const methods: Readonly<Record<string, string>> = t.paidWith;
  const methodText = method ? (methods[method] ?? method) : undefined;
  const { issuer, number, installmentMonths, isInterestFree, approvalNumber } =
    paidWith?.card ?? {};
  const named = issuer ? cardName(issuer, language) : undefined;
  const card = number ? `${named ?? methodText ?? ""} ****${number.slice(-4)}`.trim() : named;
  return [
    // for an easy pay, its name comes first, then its card
    method === "카드" && card ? undefined : methodText,
    card,
    typeof installmentMonths === "number"
      ? t.order.instalments(installmentMonths, isInterestFree === true)
      : undefined,
    approvalNumber ? t.order.approval(approvalNumber) : undefined,
  ].filter((part) => part !== undefined);
}
