import { bankName } from "../../bank_names.ts";
import type { RefundAccountForm } from "../../refund_account_form.ts";
import { wonText } from "../../money_text.ts";
import type { AdminScene } from "../admin_scene.ts";
import type { AdminOrder } from "../contract.ts";
import { orderPath, StatusTag } from "../fragments/badges.tsx";
import type { RefundForm } from "../order_forms.ts";

type RefundPreviewProps = {
  readonly scene: AdminScene;
  readonly order: AdminOrder;
  readonly form: RefundForm;
  readonly amount: number;
  /** The part of `amount` without VAT; undefined when the order has no tax-free goods. */
  readonly taxFree: number | undefined;
  /** Submitting the form twice makes one refund. */
  readonly idempotencyKey: string;
};

/** The effect of a refund, and the balance after it; this page's button makes the refund. */
export const RefundPreviewPage = (props: RefundPreviewProps) => {
  const { scene, order, form, amount, taxFree, idempotencyKey } = props;
  const { t, language } = scene;
  const { preview: words } = t.actions;
  const { refundable } = order.actions;
  const won = (sum: number) => wonText(sum, language);
  const path = orderPath(order.orderId);
  const statusAfter = amount === refundable ? "REFUNDED" : "PARTIALLY_REFUNDED";
  return (
    <>
      <p class="trail">
        <a href="/admin/orders">{t.orders.title}</a> / <a href={path}>{order.orderNumber}</a>
      </p>
      <form class="panel preview" method="post" action={`${path}/refund/confirm`} data-once>
        <h1>{words.title}</h1>
        <p class="lead">{words.lead(won(amount))}</p>
        <dl class="pairs">
          <Pair name={words.now}>{won(refundable)}</Pair>
          <Pair name={words.refund}>{won(-amount)}</Pair>
          {taxFree !== undefined && <Pair name={words.taxFree}>{won(0 - taxFree)}</Pair>}
          <Pair name={words.after} isTotal>
            {won(refundable - amount)}
          </Pair>
          <Pair name={words.statusAfter}>
            <StatusTag scene={scene} status={statusAfter} />
          </Pair>
          <Pair name={words.to}>
            {form.account
              ? words.toAccount(
                  bankName(form.account.bank, language) ?? form.account.bank,
                  form.account.accountNumber,
                  form.account.holderName,
                )
              : words.toCard}
          </Pair>
          <Pair name={t.frame.reason}>{form.reason}</Pair>
        </dl>
        <p>{words.what}</p>
        <p class="muted small">
          {words.times} {words.safe}
        </p>
        <Hidden name="key" value={idempotencyKey} />
        <Hidden name="extent" value={form.part === undefined ? "all" : "part"} />
        <Hidden name="amount" value={form.part ?? ""} />
        <Hidden name="sum" value={String(amount)} />
        <Hidden name="taxFree" value={form.taxFree} />
        {taxFree !== undefined && <Hidden name="taxFreeSum" value={String(taxFree)} />}
        <Hidden name="reason" value={form.reason} />
        {form.account && <HiddenAccount account={form.account} />}
        <div class="buttons">
          <button class="button danger fill">{words.submit(won(amount))}</button>
          <button class="button" formaction={`${path}/refund/edit`}>
            {words.edit}
          </button>
        </div>
      </form>
    </>
  );
};

const Pair = (props: { name: string; isTotal?: boolean; children: unknown }) => (
  <div class={props.isTotal ? "total" : undefined}>
    <dt>{props.name}</dt>
    <dd class="sum">{props.children as never}</dd>
  </div>
);

const Hidden = ({ name, value }: { name: string; value: string }) => (
  <input type="hidden" name={name} value={value} />
);

const HiddenAccount = ({ account }: { account: RefundAccountForm }) => (
  <>
    <Hidden name="bank" value={account.bank} />
    <Hidden name="accountNumber" value={account.accountNumber} />
    <Hidden name="holderName" value={account.holderName} />
  </>
);
