const whereToLook = "개발자센터 > API 키 > 'API 개별 연동 키'";

/**
 * The sentence that helps when Toss's keys can't work together; empty when they can. Kinds of keys:
 * https://docs.tosspayments.com/reference/using-api/api-keys. The secret key may be left out by a process that has none,
 * and a client key that is missing is told elsewhere.
 */
export function checkTossKeys(given: {
  readonly TOSS_CLIENT_KEY?: string;
  readonly TOSS_SECRET_KEY?: string;
}): string[] {
  const { TOSS_CLIENT_KEY: clientKey, TOSS_SECRET_KEY: secretKey } = given;
  const client = clientKey === undefined ? undefined : kindOf(clientKey);
  const secret = secretKey === undefined ? undefined : kindOf(secretKey);
  if (clientKey !== undefined && client?.side !== "client") {
    return [
      `TOSS_CLIENT_KEY must be the client key (test_ck_… or live_ck_…): copy it from ${whereToLook}`,
    ];
  }
  if (client?.isWidget || secret?.isWidget) {
    return [
      `TOSS_CLIENT_KEY and TOSS_SECRET_KEY must not be widget keys (gck, gsk): copy the pair (ck, sk) from ${whereToLook}, not from '결제위젯 연동 키'`,
    ];
  }
  if (secretKey !== undefined && secret?.side !== "secret") {
    return [
      `TOSS_SECRET_KEY must be the secret key (test_sk_… or live_sk_…): copy it from ${whereToLook}`,
    ];
  }
  if (secret && client && secret.mode !== client.mode) {
    return [
      `TOSS_CLIENT_KEY is a ${client.mode} key and TOSS_SECRET_KEY a ${secret.mode} key: copy both from one box of ${whereToLook}`,
    ];
  }
  return [];
}

function kindOf(key: string) {
  const match = /^(test|live)_(g?)(ck|sk)_[\x21-\x7e]+$/.exec(key);
  if (match === null) return undefined;
  const [, mode, widget, side] = match;
  return { mode, side: side === "ck" ? "client" : "secret", isWidget: widget === "g" };
}
