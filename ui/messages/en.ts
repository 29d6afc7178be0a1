import type { Messages } from "./ko.ts";
import { findEn } from "./find.ts";
import { refundRequestEn } from "./refund_request.ts";

/** The English texts, for visitors who choose English or whose browser prefers it. */
export const en: Messages = {
  locale: "en-GB",
  otherLanguage: { code: "ko", label: "한국어" },
  skipToContent: "Skip to content",
  nav: { shop: "Shop", orders: "Orders" },
  testShop: "Test shop: you won't be charged.",

  shop: {
    products: "Products",
    each: "each",
    quantity: (name) => `Quantity of ${name}`,
    fewer: (name) => `Remove one ${name}`,
    more: (name) => `Add one ${name}`,
    checkout: "Checkout",
    orderer: "Your details",
    name: "Name",
    email: "E-mail",
    emailHint: "Your payment details are sent to this address.",
    method: "Payment method",
    consent: "I have checked my order and agree to the payment and the terms below.",
    summary: "Order summary",
    lines: (count) => (count === 1 ? "1 item" : `${count} items`),
    total: "Total",
    updateTotal: "Update total",
    pay: (amount) => `Pay ${amount}`,
    payNothing: "Choose a product",
    placing: "Opening payment",
    leftOut: {
      notSold: (names) => `No longer sold and not in the total: ${names}`,
      quantity: (names) => `Not in the total, please check the quantity: ${names}`,
      tooMany: (names) => `Not in the total, an order holds up to 50 products: ${names}`,
    },
    andMore: (names, count) => `${names} and ${count} more`,
    unknownName: "an unnamed product",
    safe: "You pay securely in Toss Payments' window. This shop never sees your card.",
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
  /** By Toss's name of the method, which is Korean. */
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
    tooManyProducts: (count) => `An order holds up to ${count} products. Please remove some.`,
    quantity: "Enter a quantity from 0 to 99.",
    name: "Enter your name (up to 100 characters).",
    email: "Check your e-mail address, for example name@example.com.",
    method: "Choose a payment method.",
    consent: "Please agree to the payment and the terms.",
    unknownProduct:
      "One of the products is no longer sold. Please choose again. Nothing has been ordered yet.",
    priceChanged: (amount) =>
      `The total is now ${amount}. Please check it and press Pay again. Nothing has been ordered yet.`,
    keyReused:
      "To place a new order with these changes, press Pay once more. Your earlier order is under Orders.",
    rateLimited: "Too many requests. Please try again in a minute. No money has been taken.",
    unavailable:
      "We can't take orders right now. Please try again shortly. No money has been taken.",
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
    ordererErased: "Deleted after the retention period.",
    paidWith: "Paid with",
    total: "Total",
    taxFree: (sum) => `${sum} of it tax free`,
    refunded: "Refunded",
    kept: "Final amount paid",
    receipt: "View receipt",
    instalments: (months, isInterestFree) =>
      months === 0
        ? "one payment"
        : `${months} ${isInterestFree ? "interest-free " : ""}instalments`,
    approval: (number) => `approval no. ${number}`,
    masked:
      "Personal details are hidden here. Open the order in the browser you ordered with, or with the link you received, to see everything.",
    cancelOrder: "Cancel order",
    cancelQuestion:
      "This order has not been paid, so nothing will be charged. A cancelled order can't be restored.",
    cancelConfirm: "Yes, cancel the order",
    cancelling: "Cancelling",
    again: "Order again",
    shopMore: "More products",
    backToShop: "Back to the shop",
  },
  timeline: {
    title: "Order history",
    placed: "Order placed",
    tried: "Payment attempted",
    declined: "Payment declined",
    waiting_for_deposit: "Deposit account issued",
    deposit_reversed: "Deposit reversed by the bank",
    paid: "Payment completed",
    canceled: "Order cancelled",
    expired: "Order closed: the time to pay is over",
    refunded: "Refunded",
    came_late: "Payment could not be accepted; refund started",
    went_back: "Payment that could not be accepted refunded in full",
    refund_delayed: "The bank has not paid the refund out yet",
    refund_delay_over: "The delay of the refund is resolved",
  },
  pay: {
    title: "Pay",
    retryTitle: "Pay again",
    button: (amount) => `Pay ${amount}`,
    retryButton: (amount) => `Try again: pay ${amount}`,
    opening: "Opening payment",
    opened: "Please continue in the payment window.",
    noScript:
      "The payment window needs JavaScript. Please turn it on and reload the page. Your order is kept.",
    sdkMissing:
      "The payment window could not be loaded. No money has been taken. Check your connection and ad blocker, then try again.",
    alreadyOpen: "A payment window is already open. Continue there, or reload this page.",
    failed:
      "The payment window could not be opened. No money has been taken. Try again or choose another method.",
    sdkRetry: "Try again",
  },
  states: {
    payable: {
      badge: "To be paid",
      lead: "Waiting for your payment.",
      rest: (time) => `Please pay by ${time}. Nothing has been charged yet.`,
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
      rest: "One moment, please. You won't be charged twice, even if you close this page.",
      button: "Confirm payment",
      noScript: "Press the button to complete your payment. You won't be charged twice.",
      stuck: "If this page doesn't change, press the button. You won't be charged twice.",
    },
    unknown: {
      badge: "Checking",
      lead: "We are checking the result of your payment.",
      rest: "Please don't pay again. This page updates by itself.",
    },
    settling: {
      badge: "Processing",
      lead: "Your payment was approved.",
      rest: (amount) => `${amount} was charged once. Your order is being processed.`,
    },
    closing: {
      badge: "Closing",
      lead: "The time to pay is over and the order is being closed.",
      rest: "Please don't pay. This page updates by itself.",
    },
    awaiting_deposit: {
      badge: "Awaiting deposit",
      lead: "Waiting for your deposit.",
      rest: (amount, time) => `Transfer ${amount} to the account below by ${time}.`,
      elsewhere: (time) => `The transfer can be made until ${time}.`,
    },
    confirmed: {
      badge: "Paid",
      lead: "Payment complete.",
      rest: (amount) => `You paid ${amount}.`,
    },
    partially_refunded: {
      badge: "Partly refunded",
      lead: "Part of your payment was refunded.",
      rest: (refunded, kept) => `Refunded: ${refunded}. Final amount paid: ${kept}.`,
    },
    refunded: {
      badge: "Refunded",
      lead: "Your payment was refunded.",
      rest: (refunded) => `Refunded: ${refunded}.`,
    },
    canceled: {
      badge: "Cancelled",
      lead: "The order was cancelled.",
      rest: "Nothing was charged.",
      returned: "What was paid has been refunded in full.",
    },
    expired: {
      badge: "Expired",
      lead: "The time to pay is over.",
      rest: "Nothing was charged.",
      returned: "What was paid too late has been refunded in full.",
    },
    refunding: {
      badge: "Refunding",
      lead: "A payment reached a closed order and is being refunded.",
      rest: (amount) =>
        `All of ${amount} is refunded automatically. There is nothing you need to do.`,
      whatCame: "the payment",
      second:
        "This order was paid a second time. The second payment is being refunded in full; you are charged only once.",
      account: (amount) =>
        `All of ${amount} is refunded. You paid by bank transfer, so we need an account to send it to.`,
    },
  },
  refundTimes: {
    card: "It takes 3–4 business days to show on your card.",
    account: "It takes 2 business days to reach your account.",
    any: "It takes 3–4 business days to show on a card and 2 to reach a bank account.",
    named: "It arrives within 2 business days after you enter the account.",
    delayed:
      "The bank has not paid the refund out, and we are looking into it. You need not ask again; we may contact you about the account.",
  },
  news: {
    userCancel: {
      lead: "You cancelled the payment.",
      rest: (time) => `Your order is kept. You can pay until ${time}.`,
    },
    alreadyPaid: {
      lead: "This order is already paid.",
      rest: "The payment you just made was not approved. You won't be charged twice.",
    },
    amountMismatch: {
      lead: "The payment was not approved.",
      rest: "The amount differs from the order's. No money has been taken.",
    },
    orderMismatch: {
      lead: "The payment was not approved.",
      rest: "It belongs to another order. No money has been taken.",
    },
    sessionExpired: {
      lead: "The payment was not approved.",
      rest: "The payment window timed out. Nothing was charged.",
    },
    notPayable: {
      lead: "This order can no longer be paid.",
      rest: "Nothing will be charged for it.",
    },
  },
  notices: {
    cannotCancel: "This order is already paid and can't be cancelled.",
    refundRequestOpen: refundRequestEn.alreadyOpen,
    refundRequestNotAllowed: refundRequestEn.notAllowed,
    refundRequestLater: refundRequestEn.later,
    refundAccountLater:
      "We can't save the account right now. Your refund is safe. Please try again shortly.",
    cancelLater:
      "The order can't be cancelled right now. It is unchanged. Please try again shortly.",
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
    hint: "A transfer of a different amount is not accepted.",
    unknownBank: (code) => `Bank code ${code}`,
  },
  refundAccount: {
    title: "Account for your refund",
    hint: "Use an account in your own name. It is used for this refund only and not shown here again.",
    bank: "Bank",
    chooseBank: "Choose a bank",
    accountNumber: "Account number",
    holderName: "Account holder",
    elsewhere:
      "The refund account can only be entered in the browser you ordered with. If you can't use it, please contact the shop.",
    submit: "Refund to this account",
    sending: "Saving the account",
    faults: {
      bank: "Choose a bank.",
      accountNumber: "Enter the account number in digits (up to 20).",
      holderName: "Enter the account holder's name (up to 60 characters).",
    },
  },
  refundRequest: refundRequestEn,
  find: findEn,
  orders: {
    title: "Orders",
    empty: "No orders yet.",
    emptyHint: "Orders you place in this browser appear here.",
    hint: "Only orders placed in this browser are shown.",
    start: "View products",
  },
  errors: {
    notFoundTitle: "Page not found",
    notFoundBody: "The address may have changed or been mistyped. Please check it.",
    orderNotFoundTitle: "Order not found",
    orderNotFoundBody:
      "Please check the order number. An order that does not exist is never approved, so nothing was charged.",
    brokenTitle: "Something went wrong",
    brokenBody:
      "We are sorry. If you were paying, don't pay again: check your orders first. An order is only ever charged once.",
    badReturnTitle: "We can't read the payment details",
    badReturnBody:
      "What the payment window sent was incomplete, so nothing was approved. No money has been taken. Please pay again from your orders.",
    refusedTitle: "We couldn't do that",
    refusedBody: "Nothing was changed. Please check your orders.",
    requestId: "Please mention this number when you contact us",
    home: "Home",
    orders: "View orders",
  },
  footer: {
    companyName: "Company",
    representative: "Representative",
    registrationNumber: "Business registration no.",
    registry: "Check the registration",
    hostingProvider: "Hosting",
    purchaseSafety: (provider) =>
      `When you pay by bank transfer or virtual account you can use the escrow service of ${provider}.`,
    purchaseSafetyProof: "Proof of membership",
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
};
