/** Toss's own hosts, as its SDK needs them: https://docs.tosspayments.com (Content-Security-Policy). */
const tossHosts = [
  "js",
  "log",
  "event",
  "apigw",
  "apigw-sandbox",
  "payment-gateway",
  "payment-gateway-sandbox",
  "payment-widget",
]
  .map((name) => `https://${name}.tosspayments.com`)
  .concat("https://pay.toss.im");

/**
 * Headers of every page. Scripts, frames and connections go to this shop and to Toss (or to whatever origin serves
 * the SDK) and nowhere else; nothing inline runs. Without `sdkUrl` they go to this shop alone.
 * Forms go to this shop, whose response may lead to `formLeadsTo`: browsers hold redirects to the policy as well.
 */
export function securityHeaders({
  sdkUrl,
  formLeadsTo,
}: {
  readonly sdkUrl?: string | undefined;
  readonly formLeadsTo?: string | undefined;
} = {}): Record<string, string> {
  const formTargets = formLeadsTo === undefined ? "" : ` ${new URL(formLeadsTo).origin}`;
  const payment = hostsOf(sdkUrl)
    .map((host) => ` ${host}`)
    .join("");
  return {
    "content-security-policy": [
      "default-src 'none'",
      `script-src 'self'${payment}`,
      "style-src 'self'",
      "font-src 'self'",
      "manifest-src 'self'",
      `img-src 'self'${payment}`,
      `connect-src 'self'${payment}`,
      `frame-src${payment || " 'none'"}`,
      `form-action 'self'${formTargets}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
    // Card companies' pop-ups must still reach the window that opened them.
    "cross-origin-opener-policy": sdkUrl === undefined ? "same-origin" : "same-origin-allow-popups",
    // Toss checks which site its window was opened from, and needs no more than that.
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-content-type-options": "nosniff",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
  };
}

function hostsOf(sdkUrl: string | undefined): readonly string[] {
  if (sdkUrl === undefined) return [];
  const sdk = new URL(sdkUrl);
  return sdk.hostname.endsWith(".tosspayments.com") ? tossHosts : [sdk.origin];
}
