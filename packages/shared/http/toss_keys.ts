import type { Environment } from "./config.ts";

const whereToLook = "개발자센터 > API 키";

/**
 * Returns a sentence if Toss's keys cannot work together: both must be from the section API 개별 연동 키 (ck, sk), or both
 * from 결제위젯 연동 키 (gck, gsk). https://docs.tosspayments.com/reference/using-api/api-keys. The secret key is optional.
 */
export function checkTossKeys(given: Environment): string[] {
  const client = kindOf(given["TOSS_CLIENT_KEY"]);
  const secret = kindOf(given["TOSS_SECRET_KEY"]);
  if (client && client.side !== "ck")
    return [
      `TOSS_CLIENT_KEY must be a client key (test_ck_…, live_ck_… or, of the widget, test_gck_…, live_gck_…): copy it from ${whereToLook}`,
    ];
  if (secret && secret.side !== "sk")
    return [
      `TOSS_SECRET_KEY must be a secret key (test_sk_…, live_sk_… or, of the widget, test_gsk_…, live_gsk_…): copy it from ${whereToLook}`,
    ];
  if (secret && client && secret.isWidget !== client.isWidget)
    return [
      `TOSS_CLIENT_KEY is of the box '${client.box}' and TOSS_SECRET_KEY of '${secret.box}': copy both from one box of ${whereToLook}`,
    ];
  if (secret && client && secret.mode !== client.mode)
    return [
      `TOSS_CLIENT_KEY is a ${client.mode} key and TOSS_SECRET_KEY a ${secret.mode} key: copy both from one box of ${whereToLook}`,
    ];
  return [];
}

/** Undefined without a key; `side` is undefined for a key that is not Toss's. */
function kindOf(key: string | undefined) {
  if (key === undefined) return undefined;
  const [, mode, widget, side] = /^(test|live)_(g?)(ck|sk)_[\x21-\x7e]+$/.exec(key) ?? [];
  const isWidget = widget === "g";
  return { mode, side, isWidget, box: isWidget ? "결제위젯 연동 키" : "API 개별 연동 키" };
}
