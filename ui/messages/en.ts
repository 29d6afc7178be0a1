import type { Messages } from "./ko.ts";
import { refundRequestEn } from "./refund_request.ts";

/** The same sentences in English, for visitors who switch or whose browser asks for it. */
export const en: Messages = {
  locale: "en-GB",
  otherLanguage: { code: "ko", label: "한국어" },
  skipToContent: "Skip to content",
  nav: { shop: "Shop", orders: "Orders" },
  testShop: "Test payments: no real money is taken.",

  shop: {
    products: "Products",
    each: "each",
    quantity: (name) => `Quantity of ${name}`,
    fewer: (name) => `One ${name} fewer`,
    more: (name) => `One ${name} more`,
    checkout: "Checkout",
    orderer: "Your details",
    name: "Name",
    email: "E-mail",
    emailHint: "Toss Payments sends the payment details to this address.",
    method: "Payment method",
    consent: "I have checked my order and agree to the terms below and to paying for it.",
    summary: "To pay",
    lines: (count) => (count === 1 ? "1 item" : `${count} items`),
    total: "Total",
    updateTotal: "Update total",
    pay: (amount) => `Pay ${amount}`,
    payNothing: "Choose a product",
    placing: "Placing your order",
    leftOut: {
      notSold: (names) => `Not in the total, no longer sold: ${names}`,
      quantity: (names) => `Not in the total, the quantity is no number from 0 to 99: ${names}`,
      tooMany: (names) => `Not in the total, one order takes up to 50 products: ${names}`,
    },
    andMore: (names, count) => `${names} and ${count} more`,
    unknownName: "a product without a known name",
    safe: "You pay in Toss Payments' secure window. This shop never sees your card.",
  },
  methods: {
    CARD: "Credit or debit card",
    VIRTUAL_ACCOUNT: "Virtual account",
    TRANSFER: "Bank transfer",
    MOBILE_PHONE: "Mobile phone",
    TOSSPAY: "Toss Pay",
    NAVERPAY: "Naver Pay",
    KAKAOPAY: "Kakao Pay",
  },
  /** Toss answers with Korean words. */
  paidWith: {
    카드: "Card",
    가상계좌: "Virtual account",
    계좌이체: "Bank transfer",
    휴대폰: "Mobile phone",
    간편결제: "Easy pay",
  },
  fieldErrors: {
    summary: "Please check what you entered. Nothing has been ordered yet.",
    items: "Choose at least one product.",
    tooManyProducts: (count) => `One order takes up to ${count} products. Please remove some.`,
    quantity: "Enter a quantity from 0 to 99.",
    name: "Enter your name (up to 100 characters).",
    email: "Check the e-mail address, for example name@example.com.",
    method: "Choose a payment method.",
    consent: "Agree to the terms and the payment.",
    unknownProduct:
      "One of the products is no longer sold. Please choose again. Nothing has been ordered yet.",
    priceChanged: (amount) =>
      `The total is now ${amount}. Please check it and press Pay again. Nothing has been ordered yet.`,
    keyReused:
      "To place a new order with these changes, press Pay once more. Your earlier order is under Orders.",
    rateLimited: "Too many requests. Please try again in a minute. No money has been taken.",
    unavailable:
      "Orders can't be taken right now. Please try again shortly. No money has been taken.",
  },

  order: {
    items: "Items",
    details: "Order details",
    orderNumber: "Order number",
    copyNumber: "Copy",
    numberCopied: "Copied",
    orderId: "Order ID",
    orderedAt: "Ordered",
    paidAt: "Paid",
    orderer: "Ordered by",
    ordererErased: "Deleted, since it is no longer needed.",
    paidWith: "Paid with",
    total: "Total",
    refunded: "Refunded",
    kept: "Still paid",
    receipt: "View receipt",
    masked:
      "This browser did not place the order, so personal details are hidden. Open it in the browser that did, or by the link you were given.",
    cancelOrder: "Cancel order",
    cancelQuestion:
      "This order has not been paid. Cancelling can't be undone, and nothing will be charged.",
    cancelConfirm: "Yes, cancel the order",
    cancelling: "Cancelling",
    again: "Order again",
    shopMore: "More products",
  },
  timeline: {
    title: "What happened so far",
    zone: "All times are Korea time.",
    placed: "You placed the order",
    tried: "You tried to pay",
    declined: "The payment was declined",
    waiting_for_deposit: "You got an account to pay into",
    deposit_reversed: "The bank took the deposit back",
    paid: "Paid",
    canceled: "The order was cancelled",
    expired: "The time to pay ended and the order was closed",
    refunded: "Refunded",
    came_late: "A payment came in that we could not keep; we began to return it",
    went_back: "The payment that we could not keep was returned in full",
  },
  pay: {
    title: "Pay",
    retryTitle: "Pay again",
    button: (amount) => `Pay ${amount}`,
    retryButton: (amount) => `Try again: pay ${amount}`,
    opening: "Opening the payment window",
    opened: "The payment window is open. Please continue there.",
    noScript:
      "Toss Payments' window needs JavaScript. Please switch it on and reload. Your order is kept.",
    sdkMissing:
      "The payment window could not be loaded. No money has been taken. Check your connection and ad blocker, then try again.",
    userCancel: "You cancelled the payment. Your order is kept.",
    alreadyOpen: "A payment window is already open. Continue there, or reload this page.",
    failed:
      "The payment window could not be opened. No money has been taken. Try again or choose another method.",
    sdkRetry: "Try again",
  },
  states: {
    payable: {
      badge: "To be paid",
      lead: "Waiting for your payment.",
      rest: (time) => `Nothing has been charged yet. You can pay until ${time}.`,
    },
    declined: {
      badge: "Declined",
      lead: "The payment was not approved.",
      rest: "No money has been taken.",
      reason: "Reason",
    },
    confirming: {
      badge: "Checking",
      lead: "We are confirming your payment.",
      rest: "One moment please. Even if you close this page you pay only once.",
      button: "Confirm payment",
      noScript: "Press the button to complete the payment. You won't be charged twice.",
      stuck: "Press if this page does not change. You won't be charged twice.",
    },
    unknown: {
      badge: "Checking",
      lead: "We are waiting for the card company's answer.",
      rest: "Please don't pay again. This page changes by itself.",
    },
    settling: {
      badge: "Confirming",
      lead: "Your payment was approved.",
      rest: (amount) => `${amount} was charged once, and your order is being confirmed.`,
    },
    closing: {
      badge: "Closing",
      lead: "The time to pay is over and the order is being closed.",
      rest: "This page changes by itself. Please don't pay.",
    },
    awaiting_deposit: {
      badge: "Awaiting deposit",
      lead: "Waiting for your deposit.",
      rest: (amount, time) =>
        `Send ${amount} to the account below by ${time}. Nothing has been paid yet.`,
      elsewhere: (time) => `The deposit can be made until ${time}. Nothing has been paid yet.`,
    },
    confirmed: {
      badge: "Paid",
      lead: "Your order is confirmed.",
      rest: (amount) => `${amount} was paid.`,
    },
    partially_refunded: {
      badge: "Partly refunded",
      lead: "Part of your payment was refunded.",
      rest: (refunded, kept) => `${refunded} was refunded; ${kept} remains paid.`,
    },
    refunded: {
      badge: "Refunded",
      lead: "Your whole payment was refunded.",
      rest: (refunded) => `${refunded} was refunded.`,
    },
    canceled: {
      badge: "Cancelled",
      lead: "The order was cancelled.",
      rest: "Nothing was charged.",
      returned: "All the money that was paid has been returned.",
    },
    expired: {
      badge: "Expired",
      lead: "The time to pay is over.",
      rest: "Nothing was charged.",
      returned: "All the money that was paid too late has been returned.",
    },
    refunding: {
      badge: "Refunding",
      lead: "A payment came in for a closed order and is being returned.",
      rest: (amount) =>
        `All of ${amount} is being cancelled automatically. There is nothing you need to do.`,
      whatCame: "the payment",
      second:
        "This order was paid a second time. The second payment is being cancelled in full; you are charged only once.",
      account: (amount) =>
        `All of ${amount} goes back to you. It came by bank transfer, so please say which account to return it to.`,
    },
  },
  refundTimes: {
    any: "Cards usually show it 3–4 business days after cancelling, bank accounts within 2 business days.",
    account: "It usually arrives within 2 business days after you name the account.",
  },
  notices: {
    userCancel: "You cancelled the payment. Your order is kept.",
    alreadyPaid:
      "This order is already paid. The payment you just made was not approved, so you are not charged twice.",
    amountMismatch:
      "The amount differs from the order's, so the payment was not approved. No money has been taken.",
    orderMismatch:
      "This payment belongs to another order, so it was not approved. No money has been taken.",
    sessionExpired: "This payment ran out of time before it was approved. Nothing was charged.",
    notPayable: "This order can no longer be paid. No charge remains on it.",
    cannotCancel: "This order is already paid and can't be cancelled.",
    refundRequestOpen: refundRequestEn.alreadyOpen,
    refundRequestNotAllowed: refundRequestEn.notAllowed,
    refundRequestLater: refundRequestEn.later,
    refundAccountLater:
      "The account can't be taken right now. Your refund is safe. Please try again shortly.",
    cancelLater:
      "The order can't be cancelled right now and is unchanged. Please try again shortly.",
    requestFailed:
      "The server could not be reached. Please try again shortly. The same order is never placed twice.",
  },
  account: {
    title: "Account to pay into",
    bank: "Bank",
    number: "Account number",
    copy: "Copy account number",
    copied: "Copied",
    copyFailed: "Could not copy. Press and hold the number to copy it.",
    depositor: "Depositor",
    amount: "Amount to send",
    due: "Pay by",
    hint: "A different amount will not be accepted.",
    unknownBank: (code) => `Bank code ${code}`,
  },
  refundAccount: {
    title: "Account for your refund",
    hint: "Use an account in your own name. It serves this refund only and is not shown here again.",
    bank: "Bank",
    chooseBank: "Choose a bank",
    accountNumber: "Account number",
    holderName: "Account holder",
    elsewhere:
      "The refund account can be entered only in the browser that placed the order. Without that browser, please contact the shop.",
    submit: "Return it to this account",
    sending: "Sending the account",
    faults: {
      bank: "Choose a bank.",
      accountNumber: "Enter the account number in digits (up to 20).",
      holderName: "Enter the account holder's name (up to 60 characters).",
    },
  },
  refundRequest: refundRequestEn,
  orders: {
    title: "Orders",
    empty: "No orders yet.",
    emptyHint: "Orders placed in this browser are collected here.",
    hint: "Only orders placed in this browser are shown.",
    start: "See products",
  },
  errors: {
    notFoundTitle: "Page not found",
    notFoundBody: "The address may have changed or been mistyped. Nothing was charged by this.",
    orderNotFoundTitle: "Order not found",
    orderNotFoundBody:
      "Please check the order number. An order that does not exist is never approved, so nothing was charged.",
    brokenTitle: "Something went wrong",
    brokenBody:
      "The fault is ours. If you were paying, don't pay again: look at your orders first. An order is only ever charged once.",
    badReturnTitle: "This address lacks payment details",
    badReturnBody:
      "We could not read what the payment window sent, so nothing was approved. No money has been taken. Please pay again from your orders.",
    refusedTitle: "Not done",
    refusedBody:
      "The request could not be accepted and nothing was changed. See your orders for how things stand.",
    requestId: "Please mention this when you contact us",
    home: "Home",
    orders: "See orders",
  },
  footer: {
    companyName: "Company",
    representative: "Representative",
    registrationNumber: "Business registration no.",
    mailOrderNumber: "Mail-order licence no.",
    address: "Address",
    phone: "Phone",
    email: "E-mail",
    terms: "Terms",
    privacy: "Privacy",
    refunds: "Refunds",
  },
  documents: {
    sample:
      "This is a sample. Replace it with your shop's own document before opening. It is not legal advice.",
  },
  kst: "Korea time",
};
