/** Hosts that Toss's SDK needs in a Content-Security-Policy: https://docs.tosspayments.com. */
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
 * Headers of every page. Scripts, frames and connections may use this shop and Toss, or the origin that serves the SDK;
 * without `sdkUrl`, this shop only. Inline scripts and styles are blocked. Forms post to this shop; their response may
 * redirect to `formLeadsTo`, because browsers apply form-action to redirects too.
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
    // The pop-ups of card companies need access to the window that opened them.
    "cross-origin-opener-policy": sdkUrl === undefined ? "same-origin" : "same-origin-allow-popups",
    // Toss checks the origin that opened its window, and needs no more than the origin.
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
