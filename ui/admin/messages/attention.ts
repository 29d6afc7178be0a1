import type { AttentionItem, PartHealth } from "../contract.ts";

/** For each kind: what it is, why it matters, and the text of its button. */
type KindWords = { readonly title: string; readonly why: string; readonly button: string };

const kindsKo: Readonly<Record<AttentionItem["kind"], KindWords>> = {
  confirm_open: {
    title: "결제 승인 결과를 알 수 없습니다",
    why: "토스에서 아직 응답이 없습니다. 자동으로 계속 조회합니다.",
    button: "토스에 지금 조회",
  },
  refund_open: {
    title: "환불 결과를 알 수 없습니다",
    why: "토스에서 환불 결과를 아직 받지 못했습니다. 중복으로 환불되지 않습니다.",
    button: "토스에 지금 조회",
  },
  return_open: {
    title: "마감된 주문의 환불 결과를 알 수 없습니다",
    why: "마감된 주문에 결제된 금액을 환불하고 있으며, 토스에서 아직 응답이 없습니다.",
    button: "토스에 지금 조회",
  },
  manual_review: {
    title: "직접 확인해야 하는 결제입니다",
    why: "자동으로 처리할 수 없습니다. 주문을 열어 토스 기록과 비교해 주세요.",
    button: "주문 열기",
  },
  tax_free_differs: {
    title: "면세 금액이 주문과 다릅니다",
    why: "토스가 승인한 면세 금액이 주문과 다릅니다. 결제 금액은 같습니다. 과세·면세 신고와 토스 계약(복합 과세)을 확인해 주세요.",
    button: "주문 열기",
  },
  account_needed: {
    title: "환불 계좌가 필요합니다",
    why: "가상계좌로 입금된 금액이라 환불받을 계좌를 입력해야 환불할 수 있습니다.",
    button: "환불 계좌 입력",
  },
  payout_failed: {
    title: "환불금이 입금되지 않았습니다",
    why: "토스는 취소했지만 은행이 환불 계좌로 입금하지 못했습니다. 구매자에게 계좌를 확인하고 토스페이먼츠에 재처리를 요청해 주세요. 직접 송금했다면 주문에서 해결 처리해 주세요.",
    button: "주문 열기",
  },
  paid_twice: {
    title: "환불금이 두 번 지급되었을 수 있습니다",
    why: "구매자에게 직접 송금한 것으로 처리한 환불금을 토스에서도 지급했습니다. 토스페이먼츠와 구매자에게 확인해 한쪽을 돌려받은 뒤 주문에서 해결 처리해 주세요.",
    button: "주문 열기",
  },
  unrecovered: {
    title: "토스에 없는 결제입니다",
    why: "주문에는 결제가 있지만 토스에서 조회되지 않습니다. 토스 시크릿 키가 바뀌었는지 확인하고, 주문 기록이 잘못됐다면 바로잡은 뒤 주문에서 해결 처리해 주세요.",
    button: "주문 열기",
  },
  refund_requested: {
    title: "취소·환불 요청이 있습니다",
    why: "구매자가 답을 기다리고 있습니다. 승인해 환불하거나, 이유를 적어 거절해 주세요.",
    button: "요청 열기",
  },
  payment_without_order: {
    title: "주문이 없는 결제입니다",
    why: "데이터베이스 복구 등으로 주문이 남아 있지 않습니다. 구매자에게 확인해 상품을 보냈다면 payflow payments dismiss로 해결 처리하고, 아니면 payflow orders refund로 환불해 주세요.",
    button: "웹훅 보기",
  },
  money_without_order: {
    title: "주문을 찾을 수 없는 결제 금액입니다",
    why: "토스에는 승인된 금액이 있지만 주문이 없습니다. 토스페이먼츠에서 취소하거나, 다른 상점의 결제라면 payflow payments dismiss로 해결 처리해 주세요.",
    button: "주문 찾기",
  },
  reconciliation: {
    title: "거래 대사에 차이가 있습니다",
    why: "토스의 거래 목록과 원장이 다릅니다.",
    button: "차이 확인",
  },
  dead_letters: {
    title: "처리하지 못한 메시지가 있습니다",
    why: "원인을 해결한 뒤 다시 처리하거나, 사유를 적고 버려 주세요.",
    button: "메시지 열기",
  },
  webhooks_waiting: {
    title: "처리를 기다리는 웹훅이 있습니다",
    why: "토스가 보낸 알림이 제때 처리되지 않았습니다.",
    button: "웹훅 보기",
  },
  mails_failed: {
    title: "보내지 못한 구매자 메일이 있습니다",
    why: "수신 서버가 거절했거나 며칠 동안 연결되지 않았습니다. 원인을 해결한 뒤 다시 보낼 수 있습니다.",
    button: "메일 보기",
  },
  endpoint_off: {
    title: "내 서버로 보내는 웹훅이 꺼졌습니다",
    why: "서버가 410으로 응답했거나 5일 동안 받지 못했습니다. 서버를 복구한 뒤 켜고, 그동안의 이벤트를 다시 보내 주세요.",
    button: "주소 열기",
  },
  endpoint_failing: {
    title: "내 서버가 웹훅을 받지 못하고 있습니다",
    why: "한 시간 넘게 실패했습니다. 자동으로 다시 보내고, 5일 동안 실패하면 꺼집니다.",
    button: "주소 열기",
  },
  outbox_old: {
    title: "Kafka로 보내지 못한 이벤트가 있습니다",
    why: "이벤트가 아웃박스에 오래 남아 있습니다. 유실된 이벤트는 없습니다.",
    button: "아웃박스 보기",
  },
  relay_missing: {
    title: "아웃박스 릴레이가 멈췄습니다",
    why: "이벤트를 Kafka로 보내는 프로세스가 없습니다. Kafka와 서비스가 실행 중인지 확인해 주세요.",
    button: "아웃박스 보기",
  },
  consumer_behind: {
    title: "이벤트 처리가 밀려 있습니다",
    why: "읽지 못한 메시지가 쌓였습니다. 주문 상태가 늦게 바뀔 수 있습니다.",
    button: "토픽 보기",
  },
  unsigned_messages: {
    title: "서명이 없는 메시지가 들어왔습니다",
    why: "다른 곳에서 보낸 것일 수 있습니다. 다시 처리하기 전에 내용을 확인해 주세요.",
    button: "메시지 열기",
  },
};

const kindsEn: typeof kindsKo = {
  confirm_open: {
    title: "Outcome of a payment is unknown",
    why: "Toss has not responded yet. It is queried again automatically.",
    button: "Query Toss now",
  },
  refund_open: {
    title: "Outcome of a refund is unknown",
    why: "Toss has not confirmed whether the refund was made. It is never made twice.",
    button: "Query Toss now",
  },
  return_open: {
    title: "Outcome of a return is unknown",
    why: "Money that came for a closed order is going back; Toss has not responded yet.",
    button: "Query Toss now",
  },
  manual_review: {
    title: "Payment needs manual review",
    why: "It can't go on by itself. Open the order and compare it with Toss's records.",
    button: "Open order",
  },
  tax_free_differs: {
    title: "Tax-free amount differs from the order",
    why: "Toss approved a tax-free amount other than the order's; the total is right. Check the tax report and the shop's contract with Toss (mixed taxation).",
    button: "Open order",
  },
  account_needed: {
    title: "Refund account needed",
    why: "It came by bank transfer and can only go back to an account that you name.",
    button: "Name the account",
  },
  payout_failed: {
    title: "Refund was not paid out",
    why: "Toss cancelled, but the bank could not pay into the refund account. Check the account with the shopper, and have Toss pay it out again. If you paid it yourself, mark it as resolved in the order.",
    button: "Open order",
  },
  paid_twice: {
    title: "Refund may have been paid twice",
    why: "Toss has paid out a refund that you had marked as paid yourself. Check both payments with Toss and the shopper and get one back, then mark it as resolved in the order.",
    button: "Open order",
  },
  unrecovered: {
    title: "Payment is not at Toss",
    why: "The order has a payment that Toss does not show. Check whether Toss's secret key has changed. If the order is wrong, correct it, then mark it as resolved in the order.",
    button: "Open order",
  },
  refund_requested: {
    title: "Refund requested",
    why: "The shopper waits for your reply. Grant it by a refund, or decline it with a reason.",
    button: "Open request",
  },
  payment_without_order: {
    title: "Payment without an order",
    why: "Its order is not in the database, as after a restore. Find out what was bought, deliver it and dismiss this by payflow payments dismiss, or return the money by payflow orders refund.",
    button: "Show webhooks",
  },
  money_without_order: {
    title: "Money without an order",
    why: "Toss approved money whose order is not known. Cancel it in Toss's console, or dismiss it by payflow payments dismiss if it is another shop's.",
    button: "Find the order",
  },
  reconciliation: {
    title: "Reconciliation found differences",
    why: "Toss's list of transactions and the ledger differ.",
    button: "Review differences",
  },
  dead_letters: {
    title: "Messages could not be processed",
    why: "Fix the cause, then replay them, or discard them with a reason.",
    button: "Open messages",
  },
  webhooks_waiting: {
    title: "Webhooks wait to be processed",
    why: "Notifications from Toss were not processed in time.",
    button: "Show webhooks",
  },
  mails_failed: {
    title: "Mails to shoppers were not delivered",
    why: "They were refused, or the server could not be reached for days. Fix the cause and send them again.",
    button: "Show mails",
  },
  endpoint_off: {
    title: "Webhooks to your server were turned off",
    why: "It responded 410, or accepted none for five days. Fix it, turn it on, and resend the missed events.",
    button: "Open addresses",
  },
  endpoint_failing: {
    title: "Your server does not accept webhooks",
    why: "It has failed for more than an hour. Webhooks are retried; after five days the address is turned off.",
    button: "Open addresses",
  },
  outbox_old: {
    title: "Events not published to Kafka",
    why: "Events have been in the outbox for too long. None is lost.",
    button: "Open outbox",
  },
  relay_missing: {
    title: "No outbox relay is running",
    why: "No process publishes events to Kafka. Check that Kafka and the service are up.",
    button: "Open outbox",
  },
  consumer_behind: {
    title: "Event processing is behind",
    why: "Unread messages pile up. Orders may change late.",
    button: "Show topics",
  },
  unsigned_messages: {
    title: "Unsigned messages came in",
    why: "They may come from another sender. Read them before you replay them.",
    button: "Open messages",
  },
};

const statesKo: Readonly<Record<PartHealth["state"], string>> = {
  up: "정상",
  degraded: "불안정",
  down: "중단",
  unknown: "알 수 없음",
};

export const attentionKo = {
  title: "확인이 필요한 항목",
  allClear: "모두 정상",
  allClearBody: "확인할 항목이 없습니다. 이 화면은 자동으로 새로 고쳐집니다.",
  partsDown: "정상이 아닌 서비스가 있습니다",
  partsDownBody:
    "그 서비스의 항목은 여기에 보이지 않을 수 있습니다. 이 화면은 자동으로 새로 고쳐집니다.",
  updated: (time: string) => `${time} 기준`,
  refresh: "새로 고침",
  hasMore: "급한 것부터 200건만 보여 줍니다.",
  away: "결제 서비스가 응답하지 않아 결제 항목은 표시되지 않습니다.",
  kinds: kindsKo,
  states: statesKo,
  health: "서비스 상태",
  times: (count: string) => `${count}건`,
  since: "발생",
  service: "서비스",
  order: "주문",
  customer: "구매자",
  amount: "금액",
  response: "마지막 응답",
  url: "주소",
  next: "다음 조회",
  noNext: "예정 없음",
  day: "날짜",
  tossCalls: (calls: string) => `5분간 ${calls}건`,
  tossRate: (percent: string) => `성공률 ${percent}`,
  tossMedian: (ms: string) => `중앙값 ${ms}ms`,
  queried: "토스에 조회했습니다. 달라진 것은 없습니다.",
  queriedOpen: "토스에 조회했지만 아직 결과를 모릅니다. 자동으로 다시 조회합니다.",
  queriedChanged: "토스에 조회해 상태를 바로잡았습니다.",
};

export const attentionEn: typeof attentionKo = {
  title: "Needs attention",
  allClear: "All clear",
  allClearBody: "Nothing needs your attention. This page refreshes by itself.",
  partsDown: "A service is not up",
  partsDownBody: "Its items may be missing here. This page refreshes by itself.",
  updated: (time) => `As of ${time}`,
  refresh: "Refresh",
  hasMore: "Only the 200 most urgent are shown.",
  away: "The payment service does not respond, so items about payments are missing.",
  kinds: kindsEn,
  states: { up: "up", degraded: "degraded", down: "down", unknown: "unknown" },
  health: "Health of the services",
  times: (count) => (count === "1" ? "1 item" : `${count} items`),
  since: "Since",
  service: "Service",
  order: "Order",
  customer: "Customer",
  amount: "Amount",
  response: "Last response",
  url: "Address",
  next: "Next query",
  noNext: "none planned",
  day: "Day",
  tossCalls: (calls) => `${calls} calls in 5 min`,
  tossRate: (percent) => `${percent} success`,
  tossMedian: (ms) => `median ${ms} ms`,
  queried: "Toss was queried. Nothing has changed.",
  queriedOpen:
    "Toss was queried and the outcome is still unknown. It is queried again automatically.",
  queriedChanged: "Toss was queried and the state was corrected.",
};
