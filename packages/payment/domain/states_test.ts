import { expect, test } from "bun:test";
import { AppError, type Change, type PaymentEvent } from "@payflow/shared";
import { generatedPart, markdownTable } from "@payflow/local-stack/testing";
import {
  account,
  answered,
  at,
  atToss,
  canceled,
  canceledAtToss,
  closing,
  declined,
  done,
  expired,
  inProgress,
  key,
  noAnswer,
  partlyCanceledAtToss,
  partlyRefunded,
  recordConfirmAnswer,
  refunded,
  rejected,
  unknown,
  waiting,
  waitingAtToss,
} from "../testing/given.ts";
import { findAttempt, type Payment } from "./payment.ts";
import { isOverdue } from "./plan.ts";
import { recordFinding } from "./record.ts";
import { requestClose, requestConfirm } from "./requests.ts";

const voiding = () =>
  recordConfirmAnswer(canceled(inProgress()), key, answered(atToss()), at(5)).state;

/** Each state has an attempt with the paymentKey of the inputs. */
const states: Record<string, () => Payment> = {
  "READY (declined before)": declined,
  IN_PROGRESS: unknown,
  WAITING_FOR_DEPOSIT: waiting,
  "WAITING_FOR_DEPOSIT (closing)": closing,
  DONE: done,
  PARTIAL_CANCELED: partlyRefunded,
  "CANCELED (refunded)": refunded,
  "CANCELED (unpaid, outcome unknown)": () => canceled(unknown()),
  "CANCELED (approval is returned)": voiding,
  EXPIRED: () => ({ ...expired(), attempts: declined().attempts }),
};

type Input = (payment: Payment) => Change<Payment, PaymentEvent> | undefined;
const seconds = 60 * 60 * 24 * 30;
const finding =
  (payment: Parameters<typeof answered>[0]): Input =>
  (state) =>
    recordFinding(state, key, answered(payment), at(60));

const inputs: Record<string, Input> = {
  "confirm of another paymentKey": (payment) =>
    requestConfirm(payment, { paymentKey: "another", amount: 1000 }, at(60)),
  "confirm of the same paymentKey": (payment) =>
    requestConfirm(payment, { paymentKey: key, amount: 1000 }, at(60)),
  "Toss: DONE": finding(atToss({ virtualAccount: account })),
  "Toss: WAITING_FOR_DEPOSIT": finding(waitingAtToss),
  "Toss: PARTIAL_CANCELED": finding(partlyCanceledAtToss),
  "Toss: CANCELED": finding(canceledAtToss),
  "Toss: ABORTED or EXPIRED": finding(atToss({ status: "ABORTED" })),
  "Toss: READY or IN_PROGRESS": finding(atToss({ status: "IN_PROGRESS" })),
  "Toss: a window for another amount": finding(
    atToss({ status: "IN_PROGRESS", approvedAt: null, totalAmount: 100 }),
  ),
  "Toss: a payment of another order": finding(
    atToss({ orderId: "0190a000-0000-7000-8000-00000000000f" }),
  ),
  "Toss: not found": (payment) => recordFinding(payment, key, { kind: "missing" }, at(60)),
  "Toss: no response": (payment) => recordFinding(payment, key, noAnswer, at(60)),
  "Toss refuses the only confirm": (payment) =>
    findAttempt(payment, key)?.status === "UNKNOWN"
      ? recordConfirmAnswer(payment, key, rejected, at(60))
      : undefined,
  "close of the order": (payment) => requestClose(payment, "canceled", at(60)),
  expiry: (payment) => {
    return isOverdue(payment, at(seconds))
      ? requestClose(payment, "expired", at(seconds))
      : undefined;
  },
};

function cell(state: Payment, input: Input): string {
  try {
    const change = input(state);
    if (change === undefined) return "no change";
    const before = findAttempt(state, key)?.status;
    const attempt = findAttempt(change.state, key)?.status;
    const status = change.state.status === state.status ? "stays" : `**${change.state.status}**`;
    const more = attempt === before ? "" : `, attempt ${attempt}`;
    const begun = change.state.attempts.length > state.attempts.length ? ", attempt REQUESTED" : "";
    const closes = change.state.closing && !state.closing ? ", closing" : "";
    return `${status}${more}${begun}${closes}${change.events.map((event) => `, \`${event.eventType}\``).join("")}`;
  } catch (error) {
    if (error instanceof AppError) return `refused with \`${error.code}\``;
    throw error;
  }
}

test("docs/states.md shows what a payment does in every state with every input", async () => {
  const content = Object.entries(states)
    .map(([name, state]) => {
      const rows = Object.entries(inputs).map(([input, apply]) => [input, cell(state(), apply)]);
      return `#### ${name}\n\n${markdownTable(["input", "result"], rows)}`;
    })
    .join("\n\n");
  expect(await generatedPart({ document: "states.md", name: "payment", content })).toBe(content);
});
