// Identifiers in the formats of real Toss responses. They must be unique but not secret, so
// Math.random() is enough.

import { koreanDigits } from "./toss_time.ts";

/** The merchant of the sandbox; a paymentKey starts with its first five letters. */
export const merchantId = "tvivasandbox";

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const crockford = "0123456789abcdefghjkmnpqrstvwxyz";

/** `tviva` + yyyyMMddHHmmss (KST) + 5 alphanumerics; can collide, so retry the insert. */
export function newPaymentKey(nowMs: number): string {
  return merchantId.slice(0, 5) + koreanDigits(nowMs) + pick(letters, 5);
}

/** Test transactions carry `txrd_a01` and 26 characters that sort by time. */
export function newTransactionKey(nowMs: number): string {
  let time = "";
  for (let rest = nowMs; time.length < 10; rest = Math.floor(rest / 32)) {
    time = crockford.charAt(rest % 32) + time;
  }
  return `txrd_a01${time}${pick(crockford, 16)}`;
}

/** The secret that authenticates a DEPOSIT_CALLBACK. */
export function newSecret(): string {
  return `ps_${pick(letters, 28)}`;
}

/** Account numbers of the test environment start with X, so that no deposit is possible. */
export function newAccountNumber(): string {
  return `X${pick("0123456789", 13)}`;
}

export function newTraceId(): string {
  return pick("0123456789abcdef", 32);
}

export function newTransmissionId(): string {
  return `whtrans_a01${pick(crockford, 26)}`;
}

function pick(alphabet: string, length: number): string {
  let text = "";
  for (let i = 0; i < length; i++) {
    text += alphabet.charAt(Math.floor(Math.random() * alphabet.length));
  }
  return text;
}
