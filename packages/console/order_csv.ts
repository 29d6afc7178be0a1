import type { Role } from "@payflow/access";
import { csvLine, csvMark } from "@payflow/back-office";
import type { ListedOrder, OrderSearch, OrderSelection } from "@payflow/back-office";
import { koreanTimeOf, maskEmail, maskName } from "@payflow/shared";
import type { Language, OrderStatus } from "@payflow/shared";

const heads = {
  ko: "주문번호,주문 ID,쇼핑몰 주문번호,주문 일시,상태,주문명,금액,환불액,결제수단,결제 일시,이름,이메일",
  en: "Order number,Order id,Merchant's reference,Placed (KST),Status,Name of order,Amount,Refunded,Method,Paid (KST),Name,E-mail",
};

const koreanStatuses: Readonly<Record<OrderStatus, string>> = {
  PENDING: "결제 대기",
  AWAITING_DEPOSIT: "입금 대기",
  CONFIRMED: "결제 완료",
  PARTIALLY_REFUNDED: "부분 환불",
  REFUNDED: "환불",
  CANCELED: "취소",
  EXPIRED: "만료",
};

/**
 * All orders of a selection as CSV, oldest first. The export is audited first, with `filter` as detail, which must contain
 * no names. Role read gets masked names.
 */
export async function* exportOrders(
  selection: OrderSelection,
  options: { readonly filter: object; readonly language: Language; readonly role: Role },
  deps: {
    readonly search: Pick<OrderSearch, "exportAll">;
    readonly audit: (entry: { action: string; subject: string; detail: unknown }) => Promise<void>;
  },
): AsyncIterable<string> {
  const { filter, language, role } = options;
  const detail = { ...filter, isSearch: selection.anyOf !== undefined, language };
  await deps.audit({ action: "orders.exported", subject: "csv", detail });
  yield* ordersCsv(deps.search.exportAll(selection), { language, isMasked: role === "read" });
}

/** Orders as CSV, page by page, with `csvMark`; `isMasked` masks names and e-mail addresses. */
export async function* ordersCsv(
  pages: AsyncIterable<readonly ListedOrder[]>,
  { language, isMasked }: { readonly language: Language; readonly isMasked: boolean },
): AsyncIterable<string> {
  yield `${csvMark}${heads[language]}\r\n`;
  const shown = (text: string, mask: (text: string) => string) =>
    text === "" || !isMasked ? text : mask(text);
  for await (const page of pages)
    yield page
      .map((order) =>
        csvLine([
          order.orderNumber,
          order.orderId,
          order.merchantReference,
          koreanTimeOf(order.createdAt),
          language === "ko" ? koreanStatuses[order.status] : order.status,
          order.orderName,
          order.amount,
          order.refundedAmount,
          order.method,
          order.confirmedAt && koreanTimeOf(order.confirmedAt),
          shown(order.customerName, maskName),
          shown(order.customerEmail, maskEmail),
        ]),
      )
      .join("");
}
