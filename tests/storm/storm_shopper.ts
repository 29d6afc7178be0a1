import type { Ledger, RefundAccount } from "./ledger.ts";
import type { Random } from "./random.ts";
import type { Answer } from "./judge.ts";
import type { StormClient } from "./storm_client.ts";

type Order = { orderId: string; orderName: string; amount: number };

/** A number that makes each shopper's account, name and address unique. */
let shoppers = 0;

/** Shopper behaviours and their weights. */
const habits = {
  pays: 30,
  doubleClicks: 14,
  reloads: 8,
  opensTwoTabs: 10,
  isDeclinedAndTriesAgain: 6,
  givesUp: 4,
  cancelsFirst: 4,
  cancelsWhilePaying: 8,
  closesTheWindowAndComesBack: 4,
  comesTooLate: 0.7,
  tampersWithTheSum: 1,
  makesUpAKey: 1.5,
  paysIntoAnAccount: 8,
  neverDeposits: 1.5,
  depositsWhileCancelling: 1.5,
  losesTheDeposit: 0.7,
} as const;

/** Behaviours that must end in a paid order, unless the services are down for too long. */
const paying: ReadonlySet<keyof typeof habits> = new Set([
  "pays",
  "doubleClicks",
  "reloads",
  "opensTwoTabs",
  "isDeclinedAndTriesAgain",
  "closesTheWindowAndComesBack",
  "paysIntoAnAccount",
] as const);

/** Refunds of a paid order and their weights. */
const aftermaths = {
  nothing: 70,
  isRefunded: 8,
  isRefundedInParts: 8,
  isRefundedTwiceAtOnce: 4,
  isRefundedByHand: 3,
} as const;

const carts = [
  [{ productId: "dev-tool", quantity: 1 }],
  [{ productId: "keycaps", quantity: 1 }],
  [
    { productId: "dev-tool", quantity: 3 },
    { productId: "stickers", quantity: 2 },
  ],
];

/** How often a confirm in progress is polled, as the page does, before the shopper leaves. */
const triesMax = 8;

/** Plays one shopper from the first click to the merchant's refund. */
export async function shop(options: {
  readonly client: StormClient;
  readonly random: Random;
  readonly ledger: Ledger;
}): Promise<void> {
  const { client, random, ledger } = options;
  const { blame } = ledger.lies;
  const shopper = ++shoppers;

  /** Places an order, sometimes concurrently or again later: one key must give one order on every replica. */
  async function place(): Promise<Order | undefined> {
    const key = `storm-${random.whole(0, 2 ** 31)}-${random.whole(0, 2 ** 31)}`;
    const body = {
      items: random.pick(carts),
      customerName: `김토스 ${shopper}`,
      customerEmail: `kim.${shopper}@example.com`,
    };
    const orderIds = new Set<string>();
    const placing = { ...body, orderIds, amount: 0 };
    ledger.placings.set(key, placing);
    const send = () => client.call("/api/orders", { body, key });
    const answers = random.chance(0.1)
      ? await Promise.all([send(), send(), send()])
      : [await send()];
    if (random.chance(0.15)) answers.push(await send());
    for (const answer of answers) {
      if (answer === undefined) continue;
      const { orderId, amount } = answer.body as Order;
      if (answer.status !== 201) {
        blame(`response: placing an order returned ${answer.status}`, key);
        continue;
      }
      orderIds.add(orderId);
      placing.amount = amount;
    }
    const placed = answers.find((answer) => answer?.status === 201);
    return placed?.body as Order | undefined;
  }

  /** A refund account; its number is unique, so that the audit can tell accounts apart. */
  function nameAccount({ orderId }: Order): RefundAccount {
    const named = ledger.accounts.get(orderId) ?? [];
    const number = `${1_000_000 + shopper}${100 + named.length}`;
    const account = {
      bank: random.pick(["20", "88", "90"]),
      accountNumber: number,
      holderName: `김토스 ${shopper}`,
    };
    ledger.accounts.set(orderId, [...named, account]);
    return account;
  }

  /** Reads the order as the merchant, checks its amount and customer, and returns its status. */
  async function look(order: Order): Promise<string | undefined> {
    const { orderId, amount } = order;
    const path = `/api/orders/${orderId}`;
    const answer = await client.call(path, { isMerchant: true });
    if (answer === undefined) return undefined;
    const { body, status } = answer;
    if (status === 404 && (await client.isForgotten(orderId))) return undefined;
    if (status !== 200) blame(`lie: reading an existing order returned ${status}`, orderId);
    else if (
      body["amount"] !== amount ||
      body["orderId"] !== orderId ||
      body["customerEmail"] !== `kim.${shopper}@example.com`
    )
      blame("lie: an order was shown with other content than it was placed with", orderId);
    return body["status"] as string | undefined;
  }

  async function openWindow(order: Order, method: string): Promise<string> {
    const { orderId, orderName, amount } = order;
    const { body } = await client.sandbox("/_sandbox/sessions", {
      clientKey: "test_ck_sandbox",
      method,
      orderId,
      orderName,
      amount: { currency: "KRW", value: amount },
    });
    return body["paymentKey"] as string;
  }

  /** Opens the window and authenticates there. */
  async function authenticate(
    order: Order,
    { method = "CARD", declineCode = "" } = {},
  ): Promise<string> {
    const paymentKey = await openWindow(order, method);
    const confirm = { fault: "decline", code: declineCode };
    await client.sandbox(
      `/_sandbox/sessions/${paymentKey}/authenticate`,
      declineCode === "" ? {} : { confirm },
    );
    return paymentKey;
  }

  /** Repeats the confirm until its response is final, or the shopper leaves. */
  async function confirm(
    order: Order,
    paymentKey: string,
    amount = order.amount,
  ): Promise<Answer | undefined> {
    const { orderId } = order;
    const requested = { what: "confirm", paymentKey, amount } as const;
    for (let tries = 0; tries < triesMax; tries++) {
      const body = { paymentKey, orderId, amount };
      const answer = await client.call("/api/payments/confirm", { body });
      if (answer === undefined) return undefined;
      const price = order.amount;
      await client.judge(orderId, { ...requested, price }, answer);
      const { status } = answer;
      if (status === 200 && answer.body["status"] === "DONE") ledger.paid.add(orderId);
      if (status === 402 || status === 410) ledger.declined.add(paymentKey);
      if (status !== 202) return answer;
      await Bun.sleep(500);
    }
    return undefined;
  }

  async function cancel({ orderId }: Order): Promise<void> {
    const path = `/api/orders/${orderId}/cancel`;
    const answer = await client.call(path, { body: {}, isMerchant: true });
    if (answer === undefined) return;
    await client.judge(orderId, { what: "cancel" }, answer);
    if (answer.status === 200 && answer.body["status"] === "CANCELED") ledger.canceled.add(orderId);
  }

  async function deposit(paymentKey: string, revert = false): Promise<Answer> {
    const path = `/_sandbox/payments/${paymentKey}/deposit`;
    return await client.sandbox(path, revert ? { revert } : {});
  }

  async function isPaid(order: Order): Promise<boolean> {
    for (let tries = 0; tries < triesMax; tries++) {
      if ((await look(order)) === "CONFIRMED") return true;
      await Bun.sleep(500);
    }
    return false;
  }

  async function refund(
    { orderId }: Order,
    amount: number,
    account?: RefundAccount,
  ): Promise<void> {
    const key = crypto.randomUUID();
    ledger.refundsRequested.set(key, { orderId, amount });
    const hasAccount = account !== undefined;
    const requested = { what: "refund", key, amount, hasAccount } as const;
    const path = `/api/payments/${orderId}/cancel`;
    const body = { reason: "변심", amount, refundAccount: account };
    for (let tries = 0; tries < triesMax; tries++) {
      const answer = await client.call(path, { body, key, isMerchant: true });
      if (answer !== undefined) await client.judge(orderId, requested, answer);
      // refund_in_progress is not final: it is about another refund, and a copy of this call may still arrive
      const isOpen = answer?.status === 202 || answer?.body["code"] === "refund_in_progress";
      if (answer?.status === 200) ledger.refunded.set(key, { orderId, amount });
      else if (answer !== undefined && !isOpen) ledger.refusedRefunds.set(key, orderId);
      if (!isOpen) return;
      await Bun.sleep(500);
    }
  }

  async function afterwards(order: Order, paymentKey: string, isDeposit = false) {
    const account = () => (isDeposit ? nameAccount(order) : undefined);
    const half = Math.floor(order.amount / 2);
    switch (random.weighted(aftermaths)) {
      case "nothing":
        return;
      case "isRefunded":
        return await refund(order, order.amount, account());
      case "isRefundedInParts":
        await refund(order, half, account());
        await refund(order, order.amount - half, account());
        return;
      case "isRefundedTwiceAtOnce":
        await Promise.all([refund(order, half, account()), refund(order, half, account())]);
        return;
      case "isRefundedByHand": {
        const named = account();
        const answer = await client.sandbox(`/_sandbox/payments/${paymentKey}/cancel`, {
          cancelReason: "전화로 요청",
          cancelAmount: half,
          ...(named ? { refundReceiveAccount: named } : {}),
        });
        if (answer.status === 200) ledger.byHand.set(order.orderId, half);
      }
    }
  }

  async function payByCard(order: Order): Promise<void> {
    const paymentKey = await authenticate(order);
    const answer = await confirm(order, paymentKey);
    if (answer?.status === 200) await afterwards(order, paymentKey);
  }

  async function openAccount(order: Order): Promise<string | undefined> {
    const method = "VIRTUAL_ACCOUNT";
    const paymentKey = await authenticate(order, { method });
    const answer = await confirm(order, paymentKey);
    return answer?.status === 200 ? paymentKey : undefined;
  }

  const order = await place();
  if (order === undefined) return;
  const habit = random.weighted(habits);
  if (paying.has(habit)) ledger.meantToPay.add(order.orderId);
  switch (habit) {
    case "pays":
      return await payByCard(order);
    case "doubleClicks": {
      const key = await authenticate(order);
      const clicks = Array.from({ length: random.whole(2, 4) }, () => confirm(order, key));
      const answers = await Promise.all(clicks);
      if (answers.some((answer) => answer?.status === 200)) await afterwards(order, key);
      return;
    }
    case "reloads": {
      const key = await authenticate(order);
      await confirm(order, key);
      await look(order);
      await confirm(order, key);
      return;
    }
    case "opensTwoTabs": {
      const keys = await Promise.all([authenticate(order), authenticate(order)]);
      await Promise.all(keys.map((key) => confirm(order, key)));
      return;
    }
    case "isDeclinedAndTriesAgain": {
      const declineCode = "REJECT_CARD_PAYMENT";
      await confirm(order, await authenticate(order, { declineCode }));
      return await payByCard(order);
    }
    case "givesUp":
      await openWindow(order, "CARD");
      return;
    case "cancelsFirst":
      return await cancel(order);
    case "cancelsWhilePaying": {
      const key = await authenticate(order);
      const pauseMs = random.whole(0, 120);
      await Promise.all([confirm(order, key), Bun.sleep(pauseMs).then(() => cancel(order))]);
      return;
    }
    case "closesTheWindowAndComesBack": {
      const key = await openWindow(order, "CARD");
      await client.sandbox(`/_sandbox/sessions/${key}/cancel`, {});
      return await payByCard(order);
    }
    case "comesTooLate": {
      const key = await authenticate(order);
      await Promise.all([client.endTimeOf(order.orderId), confirm(order, key)]);
      return;
    }
    case "tampersWithTheSum": {
      const key = await authenticate(order);
      await confirm(order, key, order.amount - 1);
      return;
    }
    case "makesUpAKey":
      await confirm(order, `tviva${crypto.randomUUID().replaceAll("-", "")}`);
      return;
    case "paysIntoAnAccount": {
      const key = await openAccount(order);
      if (key === undefined) return;
      await deposit(key);
      if (await isPaid(order)) await afterwards(order, key, true);
      return;
    }
    case "neverDeposits":
      await openAccount(order);
      return;
    case "depositsWhileCancelling": {
      const key = await openAccount(order);
      if (key === undefined) return;
      const [deposited] = await Promise.all([deposit(key), cancel(order)]);
      // a deposit for a closed order waits for an account before it is returned
      if (deposited.status === 200 && random.chance(0.7))
        await refund(order, order.amount, nameAccount(order));
      return;
    }
    case "losesTheDeposit": {
      const key = await openAccount(order);
      if (key === undefined) return;
      await deposit(key);
      if (random.chance(0.5)) await isPaid(order);
      const back = await deposit(key, true);
      if (back.status === 200) ledger.takenBack.add(order.orderId);
      return;
    }
  }
}
