/** Texts for finding an order in another browser, and for contacting the shop. */
export const findKo = {
  title: "비회원 주문조회",
  intro: "주문번호와 주문할 때 적은 이메일로 주문을 찾습니다.",
  orderNumber: "주문번호",
  orderNumberHint: "주문 화면과 주문 메일에 있습니다.",
  email: "이메일",
  submit: "주문 조회",
  searching: "찾고 있습니다",
  faults: {
    orderNumber: "주문번호를 입력해 주세요.",
    email: "이메일 주소를 확인해 주세요. 예: name@example.com",
  },
  missed:
    "주문을 찾지 못했습니다. 주문번호와 주문할 때 적은 이메일을 확인해 주세요. 보관 기간이 지난 주문은 조회할 수 없습니다.",
  tooMany: "여러 번 조회해 잠시 멈췄습니다. 1분 뒤에 다시 시도해 주세요.",
  other: "다른 기기에서 한 주문은 비회원 주문조회로 찾을 수 있습니다.",
  inquiry: {
    title: "문의하기",
    byMail: "메일 문의",
    byPhone: (phone: string) => `전화 ${phone}`,
    subject: (orderNumber: string) => `주문 ${orderNumber} 문의`,
  },
};

export const findEn: typeof findKo = {
  title: "Find an order",
  intro: "Find your order by its number and the e-mail address that you gave with it.",
  orderNumber: "Order number",
  orderNumberHint: "It is on the order's page and in our mails.",
  email: "E-mail",
  submit: "Find order",
  searching: "Searching",
  faults: {
    orderNumber: "Enter the order number.",
    email: "Check the e-mail address, for example name@example.com.",
  },
  missed:
    "No order was found. Check its number and the e-mail address that you gave with it. Orders past their retention can't be found.",
  tooMany: "Too many searches. Please try again in a minute.",
  other: "An order placed on another device is found by its number and e-mail.",
  inquiry: {
    title: "Contact the shop",
    byMail: "By e-mail",
    byPhone: (phone) => `Call ${phone}`,
    subject: (orderNumber) => `About order ${orderNumber}`,
  },
};
