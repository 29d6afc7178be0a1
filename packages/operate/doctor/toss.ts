import type { PaymentConfig } from "@payflow/payment";
import { fetchFromToss } from "@payflow/shared/http";
import { fault, fine, checkLimitMs, reasonOf, warning, type Finding } from "./finding.ts";

/** A larger clock difference breaks signatures and confirm windows. */
const clockLimitMs = 30_000;

/** Checks whether Toss can be reached, accepts the secret key, and has the same time. */
export async function tossFindings({ toss }: PaymentConfig): Promise<Finding[]> {
  const about = "Toss";
  const url = new URL("/v1/transactions", toss.apiUrl);
  url.search = String(
    new URLSearchParams({
      startDate: "2026-01-01T00:00:00",
      endDate: "2026-01-01T00:00:01",
      limit: "1",
    }),
  );
  const sentAtMs = Date.now();
  let response: Response;
  try {
    const Authorization = `Basic ${btoa(`${toss.secretKey}:`)}`;
    const signal = AbortSignal.timeout(checkLimitMs);
    response = await fetchFromToss(new Request(url, { headers: { Authorization }, signal }));
    await response.arrayBuffer();
  } catch (error) {
    return [
      fault(
        about,
        `${url.origin} can't be reached (${reasonOf(error)})`,
        "Check the firewall and the proxy for outgoing connections; the address is TOSS_API_URL.",
      ),
    ];
  }
  if (response.status === 401 || response.status === 403)
    return [
      fault(
        about,
        `rejects TOSS_SECRET_KEY (HTTP ${response.status})`,
        "Copy the secret key of the same box as the client key from 개발자센터 > API 키.",
      ),
    ];
  const findings =
    response.status === 200
      ? [
          fine(
            about,
            `${url.origin} accepts the secret key (${toss.secretKey.startsWith("live_") ? "live" : "test"})`,
          ),
        ]
      : [
          warning(
            about,
            `responds to a list of transactions with HTTP ${response.status}`,
            "Check whether Toss has an outage; payment retries its calls.",
          ),
        ];
  const apartMs = Date.parse(response.headers.get("Date") ?? "") - sentAtMs;
  if (Math.abs(apartMs) > clockLimitMs)
    findings.push(
      warning(
        about,
        `its clock is ${Math.round(apartMs / 1000)} s from this computer's`,
        "Synchronize this computer's clock by NTP.",
      ),
    );
  return findings;
}
