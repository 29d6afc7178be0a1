import type { PspProfile } from "../../domain/psp.ts";
import { refusedAccountCodes, sessionGoneCodes } from "./toss_error.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** Toss Payments' times and codes, https://docs.tosspayments.com/reference and …/reference/using-api/authorization. */
export const tossProfile: PspProfile = {
  actor: "toss",
  // Toss's ten minutes for a confirm, and one for clock skew
  confirmWindowMs: 11 * minute,
  idempotencyKeepsMs: 15 * day,
  // by `refundableAmount`
  checksBalance: true,
  depositPollMs: 60 * minute,
  depositGraceMs: 5 * minute,
  sessionGone: { code: "NOT_FOUND_PAYMENT_SESSION", message: "결제 시간이 만료되었습니다." },
  balanceChanged: {
    code: "NOT_MATCHES_REFUNDABLE_AMOUNT",
    message: "잔액 결과가 일치하지 않습니다.",
  },
  sessionGoneCodes,
  refusedAccountCodes,
};
