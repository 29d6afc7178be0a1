import type { VirtualAccount } from "@payflow/shared";
import { bankName } from "../bank_names.ts";
import { wonText } from "../money_text.ts";
import type { Scene } from "../scene.ts";
import { timeText } from "../time_text.ts";
import { Icon } from "./icon.tsx";

type VirtualAccountProps = {
  readonly scene: Scene;
  readonly account: VirtualAccount;
  readonly customerName: string;
  readonly amount: number;
};

/** Account, amount and deadline of a deposit. */
export const VirtualAccountCard = ({
  scene,
  account,
  customerName,
  amount,
}: VirtualAccountProps) => {
  const { t, language } = scene;
  const bank = bankName(account.bankCode, language) ?? t.account.unknownBank(account.bankCode);
  return (
    <section class="card account" aria-labelledby="account-title">
      <h2 id="account-title">{t.account.title}</h2>
      <p class="account-number">
        <span>{bank}</span>
        <strong id="account-number">{account.accountNumber}</strong>
      </p>
      <button
        type="button"
        class="secondary js-only"
        data-copy="account-number"
        data-copied={t.account.copied}
        data-copy-failed={t.account.copyFailed}
      >
        <Icon name="copy" />
        <span aria-live="polite">{t.account.copy}</span>
      </button>
      <dl class="facts">
        {customerName !== "" && (
          <div>
            <dt>{t.account.depositor}</dt>
            <dd>{customerName}</dd>
          </div>
        )}
        <div>
          <dt>{t.account.amount}</dt>
          <dd>
            <strong>{wonText(amount, language)}</strong>
          </dd>
        </div>
        <div>
          <dt>{t.account.due}</dt>
          <dd>{timeText(account.dueAt, scene)}</dd>
        </div>
      </dl>
      <p class="hint">{t.account.hint}</p>
    </section>
  );
};
