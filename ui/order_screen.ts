import { createHash } from "node:crypto";
import type { PaymentFailure, PaymentSnapshot } from "@payflow/shared";
import type { OrderPage, PaidWith, TimelineEntry, UiDeps } from "./contract.ts";
import { isPaid, isPayable, type OrderState, orderState, wasReturned } from "./order_state.ts";
import type { RefundRequestFault, RefundRequestForm } from "./refund_request_form.ts";
import type { RefundAccountFault, RefundAccountForm } from "./refund_account_form.ts";

/** The outcome of an attempt to pay, shown as the page's verdict. */
export type News =
  | "userCancel"
  | "alreadyPaid"
  | "amountMismatch"
  | "orderMismatch"
  | "sessionExpired"
  | "notPayable";

/** Why another request of the shopper failed, shown above the verdict. */
export type Notice =
  | "cannotCancel"
  | "cancelLater"
  | "refundAccountLater"
  | "refundRequestOpen"
  | "refundRequestNotAllowed"
  | "refundRequestLater";

type TypedRefundAccount = {
  readonly form: RefundAccountForm;
  readonly faults: readonly RefundAccountFault[];
};

type TypedRefundRequest = {
  readonly form: RefundRequestForm;
  readonly faults: readonly RefundRequestFault[];
};

/** Everything that an order's page shows; two screens with the same `seen` look the same. */
export type OrderScreen = {
  readonly order: OrderPage;
  /** The viewer may see the whole order and pay it: its owner, or a browser that a link let in. */
  readonly owned: boolean;
  /** This browser placed the order: it may cancel it and name a refund account. */
  readonly placedHere: boolean;
  readonly state: OrderState | "confirming";
  readonly failure: PaymentFailure | undefined;
  readonly notice: Notice | undefined;
  /** Undefined also when the order has changed and the news is no longer true. */
  readonly news: News | undefined;
  /** The method that the payment form pre-selects. */
  readonly method: string | undefined;
  /** Toss's window opens by itself when the page's scripts run; the button shows that from the start. */
  readonly opens: boolean;
  /** The refund account as typed, and its invalid fields. */
  readonly refundAccount: TypedRefundAccount | undefined;
  /** The refund request as typed, and its invalid fields. */
  readonly refundRequest: TypedRefundRequest | undefined;
  /** Empty unless `owned`. */
  readonly timeline: readonly TimelineEntry[];
  /** Undefined unless `owned`, and when it cannot be read. */
  readonly paidWith: PaidWith | undefined;
  readonly seen: string;
};

export type ScreenOptions = {
  readonly owned: boolean;
  readonly placedHere: boolean;
  readonly now: Date;
  readonly notice?: Notice | undefined;
  readonly news?: News | undefined;
  readonly method?: string | undefined;
  readonly opens?: boolean;
  readonly refundAccount?: TypedRefundAccount | undefined;
  readonly refundRequest?: TypedRefundRequest | undefined;
  /** A result that the order does not have yet: a decline, or a confirm whose outcome is unknown. */
  readonly failure?: PaymentFailure | undefined;
  readonly state?: OrderScreen["state"] | undefined;
};

export function orderScreen(order: OrderPage, options: ScreenOptions): OrderScreen {
  const known = orderState(order, options.now);
  const open = isPayable(known);
  const failure = options.failure ?? order.payment?.failure ?? undefined;
  // The result of the page's own request counts only while the order is payable.
  const learnt = options.state ?? (options.failure ? "declined" : undefined);
  const state = open && learnt ? learnt : known;
  const { news } = options;
  return {
    order,
    owned: options.owned,
    placedHere: options.placedHere,
    state,
    failure,
    notice: options.notice,
    news: news && isTrue(news, state, order) ? news : undefined,
    method: options.method,
    opens: options.opens ?? false,
    refundAccount: options.refundAccount,
    refundRequest: options.refundRequest,
    timeline: [],
    paidWith: undefined,
    seen: fingerprint(order, known, options),
  };
}

/** In which states each news is true: the order may have changed, and anyone can make up a link to `/fail`. */
const statesOf: Readonly<Record<News, readonly OrderScreen["state"][]>> = {
  userCancel: ["payable"],
  alreadyPaid: ["settling", "confirmed"],
  amountMismatch: ["declined"],
  orderMismatch: ["declined"],
  sessionExpired: ["declined"],
  notPayable: ["closing", "expired", "canceled"],
};

function isTrue(news: News, state: OrderScreen["state"], order: OrderPage): boolean {
  return statesOf[news].includes(state) && !(news === "notPayable" && wasReturned(order));
}

/** Call this last, when the screen will certainly be rendered: it may take a second. */
export async function withDetails(
  screen: OrderScreen,
  deps: Pick<UiDeps, "listTimeline" | "findPaidWith">,
): Promise<OrderScreen> {
  if (!screen.owned) return screen;
  const [timeline, paidWith] = await Promise.all([
    deps.listTimeline(screen.order),
    isPaid(screen.state) ? deps.findPaidWith(screen.order.orderId) : undefined,
  ]);
  return { ...screen, timeline, paidWith };
}

/** The order with the snapshot, when that is newer than the order's own. */
export function withSnapshot(order: OrderPage, snapshot: PaymentSnapshot): OrderPage {
  const newer = snapshot.paymentVersion > (order.payment?.paymentVersion ?? 0);
  return newer ? { ...order, payment: snapshot } : order;
}

/** Changes exactly when the page would look different, so that the page is not redrawn without need. */
function fingerprint(
  order: OrderPage,
  state: OrderState,
  { owned, placedHere }: Pick<ScreenOptions, "owned" | "placedHere">,
): string {
  const { payment } = order;
  const shown = [
    order.orderId,
    state,
    owned,
    placedHere,
    order.refundedAmount,
    order.confirmedAt,
    wasReturned(order),
    payment?.failure ?? null,
    payment?.refunding ?? false,
    payment?.refundAccountNeeded ?? false,
    payment?.refundDelayed ?? false,
    payment?.approvedAt ?? null,
    payment?.receiptUrl ?? null,
    payment?.virtualAccount ?? null,
    order.refundRequest ?? null,
    order.returnTo ?? null,
  ];
  return createHash("sha256").update(JSON.stringify(shown)).digest("hex").slice(0, 16);
}
