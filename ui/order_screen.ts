import { createHash } from "node:crypto";
import type { PaymentFailure, PaymentSnapshot } from "@payflow/shared";
import type { OrderPage, PaidWith, TimelineEntry, UiDeps } from "./contract.ts";
import { isPaid, isPayable, type OrderState, orderState, wasReturned } from "./order_state.ts";
import type { RefundRequestFault, RefundRequestForm } from "./refund_request_form.ts";
import type { RefundAccountFault, RefundAccountForm } from "./refund_account_form.ts";

/** What became of a try to pay, shown as the page's verdict. */
export type News =
  | "userCancel"
  | "alreadyPaid"
  | "amountMismatch"
  | "orderMismatch"
  | "sessionExpired"
  | "notPayable";

/** Why something else that was requested was not done, shown above the verdict. */
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

/** All that the page of one order shows; two screens with the same `seen` look the same. */
export type OrderScreen = {
  readonly order: OrderPage;
  /** Its owner looks at it, or somebody with a link: shown whole, and payable. */
  readonly owned: boolean;
  /** This browser placed it: it may cancel, and name an account. */
  readonly placedHere: boolean;
  readonly state: OrderState | "confirming";
  readonly failure: PaymentFailure | undefined;
  readonly notice: Notice | undefined;
  /** Undefined as well when the order has moved on, so that it would no longer be true. */
  readonly news: News | undefined;
  /** The method to pre-select when it is paid from here. */
  readonly method: string | undefined;
  /** The window opens by itself once the page's scripts run: its button says so from the beginning. */
  readonly opens: boolean;
  /** The account for a late deposit as it was typed, and which of its fields are faulty. */
  readonly refundAccount: TypedRefundAccount | undefined;
  /** The request for a refund as it was typed, the same way. */
  readonly refundRequest: TypedRefundRequest | undefined;
  /** What happened so far, for its owner's eyes only. */
  readonly timeline: readonly TimelineEntry[];
  /** What the money came by, for its owner's eyes only; undefined as well where it could not be read. */
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
  /** What the page has just learnt and the order not yet: a decline, or that the answer is still open. */
  readonly failure?: PaymentFailure | undefined;
  readonly state?: OrderScreen["state"] | undefined;
};

export function orderScreen(order: OrderPage, options: ScreenOptions): OrderScreen {
  const known = orderState(order, options.now);
  const open = isPayable(known);
  const failure = options.failure ?? order.payment?.failure ?? undefined;
  // News from the page's own request only speaks for an order that has not moved on meanwhile.
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

/** In which states news is true: the order may have moved on, and anybody can make up the address of `/fail`. */
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

/** Call it last, once the screen will be drawn: the timeline and the card may take a second. */
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

/** The order as it is known with a snapshot that may be newer. */
export function withSnapshot(order: OrderPage, snapshot: PaymentSnapshot): OrderPage {
  const newer = snapshot.paymentVersion > (order.payment?.paymentVersion ?? 0);
  return newer ? { ...order, payment: snapshot } : order;
}

/** Changes exactly when something that the page shows has changed, so that nothing is redrawn under the shopper. */
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
    payment?.approvedAt ?? null,
    payment?.receiptUrl ?? null,
    payment?.virtualAccount ?? null,
    order.refundRequest ?? null,
    order.returnTo ?? null,
  ];
  return createHash("sha256").update(JSON.stringify(shown)).digest("hex").slice(0, 16);
}
