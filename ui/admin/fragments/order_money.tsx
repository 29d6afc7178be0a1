import { cardName } from "../../card_names.ts";
import { bankName } from "../../bank_names.ts";
import { wonText } from "../../money_text.ts";
import { conditionWords, paymentConditions } from "../../payment_conditions.ts";
import type { AdminScene } from "../admin_scene.ts";
import { whenText } from "../admin_time.ts";
import type { AdminOrder, LedgerRow } from "../contract.ts";
import { moneySums } from "../order_money.ts";
import { type Column, DataTable } from "./data_table.tsx";
import { WarnNotice } from "./notices.tsx";

/** Amounts paid, refunded and kept, with every movement. */
export const OrderMoney = ({ scene, order }: { scene: AdminScene; order: AdminOrder }) => {
  const { t, language } = scene;
  const { order: words } = t;
  const sums = moneySums(order);
  const won = (sum: number) => wonText(sum, language);
  const { money, payment } = order;
  const receipt = payment?.receiptUrl ?? money?.ledger.find((row) => row.receiptUrl)?.receiptUrl;
  return (
    <section class="panel" aria-labelledby="money-title">
      <h2 id="money-title">{words.money}</h2>
      <dl class="figures">
        <Figure name={words.paidSum} value={won(sums.paid)} />
        <Figure name={words.refundedSum} value={won(sums.refunded)} />
        {sums.returned > 0 && <Figure name={words.returnedSum} value={won(sums.returned)} />}
        <Figure name={words.keptSum} value={won(sums.kept)} />
      </dl>
      <dl class="pairs">
        <Method scene={scene} order={order} />
        {paymentConditions(payment, scene).map(({ name, text, link }) => (
          <div>
            <dt>{name}</dt>
            <dd>
              {text}{" "}
              {link && (
                <a href={link} rel="noreferrer">
                  {conditionWords(language).openReceipt} ↗
                </a>
              )}
            </dd>
          </div>
        ))}
        {receipt && (
          <div>
            <dt>{words.receipt}</dt>
            <dd>
              <a href={receipt} rel="noreferrer">
                {words.receiptOpen} ↗
              </a>
            </dd>
          </div>
        )}
        {money?.paymentKeys.map((key) => (
          <div>
            <dt>{words.paymentKeys}</dt>
            <dd class="code">{key}</dd>
          </div>
        ))}
      </dl>
      <WarnNotice text={taxFreeDiffers(scene, order)} />
      {money && money.ledger.length > 0 && (
        <div class="inner">
          <DataTable
            caption={words.ledger}
            columns={columns(scene).filter(
              ({ head }) => head !== words.taxFree || isTaxFree(money.ledger),
            )}
            rows={money.ledger}
          />
        </div>
      )}
      {money?.ledger.length === 0 && <p class="muted">{words.ledgerEmpty}</p>}
    </section>
  );
};

const isTaxFree = (ledger: readonly LedgerRow[]) => ledger.some(({ taxFree }) => taxFree);

/** A warning when Toss booked another tax-free amount than the order has; undefined otherwise. */
function taxFreeDiffers({ t, language }: AdminScene, order: AdminOrder): string | undefined {
  const { approvedAt } = order.payment ?? {};
  const paid = order.money?.ledger.find(
    ({ kind, occurredAt }) => kind === "capture" && occurredAt === approvedAt,
  );
  if (paid?.taxFree == null || paid.taxFree === order.taxFreeAmount) return undefined;
  const [ordered, booked] = [order.taxFreeAmount, paid.taxFree].map((sum) =>
    wonText(sum, language),
  );
  return t.order.taxFreeDiffers(ordered ?? "", booked ?? "");
}

const Figure = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);

const Method = ({ scene, order }: { scene: AdminScene; order: AdminOrder }) => {
  const { t, language } = scene;
  const { order: words, orders } = t;
  const { payment, money } = order;
  const card = money?.ledger.find((row) => row.card)?.card;
  const account = payment?.virtualAccount;
  const method = payment?.method;
  if (!method && !card && !account) return <></>;
  return (
    <>
      <div>
        <dt>{words.method}</dt>
        <dd>
          {method && (orders.methods[method] ?? method)}
          {card && <CardText scene={scene} card={card} />}
        </dd>
      </div>
      {card?.approvalNumber && (
        <div>
          <dt>{words.approval}</dt>
          <dd class="code">{card.approvalNumber}</dd>
        </div>
      )}
      {account && (
        <div>
          <dt>{words.account}</dt>
          <dd>
            {bankName(account.bankCode, language) ?? account.bankCode}{" "}
            <span class="code">{account.accountNumber}</span>{" "}
            <span class="muted">{words.due(whenText(account.dueAt, scene))}</span>
          </dd>
        </div>
      )}
    </>
  );
};

const CardText = ({ scene, card }: { scene: AdminScene; card: NonNullable<LedgerRow["card"]> }) => {
  const { issuer, number, installmentMonths, isInterestFree } = card;
  return (
    <>
      {issuer && ` · ${cardName(issuer, scene.language)}`}
      {number && (
        <>
          {" "}
          <span class="code nowrap">{number}</span>
        </>
      )}
      {typeof installmentMonths === "number" && (
        <span class="muted">
          {" "}
          {scene.t.order.instalments(installmentMonths, isInterestFree === true)}
        </span>
      )}
    </>
  );
};

function columns(scene: AdminScene): Column<LedgerRow>[] {
  const { t, language } = scene;
  const { order: words } = t;
  return [
    {
      head: words.kind,
      isTitle: true,
      isShort: true,
      cell: ({ kind }) => words.ledgerKinds[kind],
    },
    {
      head: words.when,
      isShort: true,
      cell: ({ occurredAt }) => <time datetime={occurredAt}>{whenText(occurredAt, scene)}</time>,
    },
    {
      head: words.transactionKey,
      isWide: true,
      cell: ({ transactionKey }) =>
        transactionKey !== null && <span class="code">{transactionKey}</span>,
    },
    {
      head: words.vat,
      isNumber: true,
      isShort: true,
      cell: ({ vat }) => vat !== null && wonText(vat, language),
    },
    {
      head: words.taxFree,
      isNumber: true,
      isShort: true,
      cell: ({ taxFree }) => taxFree !== null && wonText(taxFree, language),
    },
    {
      head: words.amount,
      isNumber: true,
      isShort: true,
      isBeside: true,
      cell: ({ amount }) => <b>{wonText(amount, language)}</b>,
    },
  ];
}
