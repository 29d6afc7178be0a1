import type { Language } from "../../language.ts";
import { attentionEn, attentionKo } from "./attention.ts";
import { endpointsEn, endpointsKo } from "./endpoints.ts";
import { eventsEn, eventsKo } from "./events.ts";
import { frameEn, frameKo } from "./frame.ts";
import { keysEn, keysKo } from "./keys.ts";
import { mailsEn, mailsKo } from "./mails.ts";
import { moneyEn, moneyKo } from "./money.ts";
import { orderActionsEn, orderActionsKo } from "./order_actions.ts";
import { orderEn, orderKo } from "./order.ts";
import { ordersEn, ordersKo } from "./orders.ts";

/** All texts of the console; Korean is the original. */
const ko = {
  frame: frameKo,
  attention: attentionKo,
  orders: ordersKo,
  order: orderKo,
  actions: orderActionsKo,
  money: moneyKo,
  events: eventsKo,
  mails: mailsKo,
  endpoints: endpointsKo,
  keys: keysKo,
};
export type AdminMessages = typeof ko;

const en: AdminMessages = {
  frame: frameEn,
  attention: attentionEn,
  orders: ordersEn,
  order: orderEn,
  actions: orderActionsEn,
  money: moneyEn,
  events: eventsEn,
  mails: mailsEn,
  endpoints: endpointsEn,
  keys: keysEn,
};

export const adminMessages: Readonly<Record<Language, AdminMessages>> = { ko, en };
