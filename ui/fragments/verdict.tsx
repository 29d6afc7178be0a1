import type { PaymentSnapshot } from "@payflow/shared";
import { unreachable } from "../unreachable.ts";
import { wasReturned } from "../order_state.ts";
import { wonText } from "../money_text.ts";
import type { OrderScreen } from "../order_screen.ts";
import type { Scene } from "../scene.ts";
import { timeText } from "../time_text.ts";
import { Icon, type IconName } from "./icon.tsx";

type Tone = "plain" | "progress" | "good" | "warn" | "quiet";
type Look = { readonly tone: Tone; readonly icon: IconName };

/** Icon and colour of each state; the colour is never the only sign. */
export const looks: Readonly<Record<OrderScreen["state"], Look>> = {
  payable: { tone: "plain", icon: "clock" },
  declined: { tone: "warn", icon: "cross" },
  confirming: { tone: "progress", icon: "dots" },
  unknown: { tone: "progress", icon: "dots" },
  settling: { tone: "progress", icon: "dots" },
  closing: { tone: "progress", icon: "dots" },
  awaiting_deposit: { tone: "plain", icon: "bank" },
  confirmed: { tone: "good", icon: "check" },
  partially_refunded: { tone: "good", icon: "back" },
  refunded: { tone: "quiet", icon: "back" },
  canceled: { tone: "quiet", icon: "cross" },
  expired: { tone: "quiet", icon: "clock" },
  refunding: { tone: "progress", icon: "back" },
};

type BadgeProps = { readonly scene: Pick<Scene, "t">; readonly state: OrderScreen["state"] };

export const Badge = ({ scene, state }: BadgeProps) => (
  <span class={`badge ${looks[state].tone}`}>
    <Icon name={looks[state].icon} />
    {scene.t.states[state].badge}
  </span>
);

/** The payment's state as the page's heading; a live region, so screen readers announce its changes. */
export const Verdict = ({ scene, screen }: { scene: Scene; screen: OrderScreen }) => {
  const { tone, icon } = looks[screen.state];
  const waits = tone === "progress" && !screen.order.payment?.refundAccountNeeded;
  const { lead, rest } = sentences(scene, screen);
  return (
    <div class={`verdict ${tone}`}>
      <span class="verdict-icon">
        <Icon name={icon} />
      </span>
      <div class="verdict-text" id="verdict-text" aria-live="polite" aria-atomic="true">
        <h1 id="verdict">
          <span class="lead">{lead}</span> <span class="rest">{rest}</span>
        </h1>
        {waits && <div class="busy-bar" aria-hidden="true"></div>}
      </div>
    </div>
  );
};

/** The state, then the next step. */
export function sentences(
  scene: Pick<Scene, "t" | "language" | "now">,
  { order, owned, state, news }: Pick<OrderScreen, "order" | "owned" | "state" | "news">,
): { lead: string; rest: string } {
  const { t, language } = scene;
  const words = t.states;
  const won = (sum: number) => wonText(sum, language);
  const back = (lead: string, rest: string) => ({
    lead,
    rest: `${rest} ${refundTime(scene, payment)}`,
  });
  const { payment } = order;
  if (news === "userCancel") {
    const { lead, rest } = t.news.userCancel;
    return { lead, rest: rest(timeText(order.expiresAt, scene)) };
  }
  if (news) return t.news[news];
  switch (state) {
    case "payable": {
      const { lead, rest } = words.payable;
      return { lead, rest: rest(timeText(order.expiresAt, scene)) };
    }
    case "settling": {
      const { lead, rest } = words.settling;
      return { lead, rest: rest(won(order.amount)) };
    }
    case "awaiting_deposit": {
      const { lead, rest, elsewhere } = words.awaiting_deposit;
      const account = payment?.virtualAccount;
      const due = timeText(account?.dueAt ?? order.expiresAt, scene);
      return { lead, rest: owned && account ? rest(won(order.amount), due) : elsewhere(due) };
    }
    case "confirmed": {
      const { lead, rest } = words.confirmed;
      return { lead, rest: rest(won(order.amount)) };
    }
    case "partially_refunded": {
      const { lead, rest } = words.partially_refunded;
      const kept = order.amount - order.refundedAmount;
      return back(lead, rest(won(order.refundedAmount), won(kept)));
    }
    case "refunded": {
      const { lead, rest } = words.refunded;
      return back(lead, rest(won(order.refundedAmount)));
    }
    case "canceled":
    case "expired": {
      const { lead, rest, returned } = words[state];
      return wasReturned(order) ? back(lead, returned) : { lead, rest };
    }
    case "refunding": {
      const { lead, rest, account, whatCame } = words.refunding;
      // The virtual account accepts only the order's amount; only Toss knows the amount of any other payment.
      const sum = payment?.virtualAccount ? won(order.amount) : whatCame;
      return back(lead, payment?.refundAccountNeeded ? account(sum) : rest(sum));
    }
    case "declined":
    case "confirming":
    case "unknown":
    case "closing":
      return words[state];
    default:
      return unreachable(state);
  }
}

/** The usual time until a refund arrives, by method where that is known. */
export function refundTime({ t }: Pick<Scene, "t">, payment: PaymentSnapshot | null): string {
  if (payment?.refundAccountNeeded) return t.refundTimes.named;
  if (payment?.refundDelayed) return t.refundTimes.delayed;
  switch (payment?.method) {
    case "카드":
    case "간편결제":
      return t.refundTimes.card;
    case "가상계좌":
    case "계좌이체":
      return t.refundTimes.account;
    default:
      return t.refundTimes.any;
  }
}
