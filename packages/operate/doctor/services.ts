import type { OrderConfig } from "@payflow/order";
import { fetchDirectly } from "@payflow/shared/http";
import { fault, fine, checkLimitMs, reasonOf, warning, type Finding } from "./finding.ts";

type Answer = { readonly status: number; readonly text: string } | { readonly error: unknown };

async function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(checkLimitMs);
    const response = await fetchDirectly(new Request(url, { headers, signal }));
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { error };
  }
}

/** `up`: the service responds, with any status. */
function readiness(about: string, url: string, answer: Answer): { up: boolean; finding: Finding } {
  if ("error" in answer)
    return {
      up: false,
      finding: fault(
        about,
        `does not respond at ${url} (${reasonOf(answer.error)})`,
        "Start it, or correct its address.",
      ),
    };
  let parts: Record<string, string> = {};
  try {
    ({ parts } = JSON.parse(answer.text) as { parts: Record<string, string> });
  } catch {
    return {
      up: false,
      finding: fault(
        about,
        `another server responds at ${url}: HTTP ${answer.status}`,
        "Correct its port or address.",
      ),
    };
  }
  const down = Object.entries(parts ?? {})
    .filter(([, state]) => state !== "ready")
    .map(([name]) => name);
  if (answer.status === 200 && down.length === 0)
    return { up: true, finding: fine(about, "is ready") };
  const says = `without ${down.join(", ") || "all it needs"}`;
  const advice = "The other lines say why; its log has the errors.";
  const finding =
    answer.status === 200
      ? warning(about, `works ${says}`, advice)
      : fault(about, `is not ready ${says}`, advice);
  return { up: true, finding };
}

/** Checks whether a service is ready and accepts the key of this shell's environment. */
async function serviceFindings(
  about: string,
  url: string,
  key: Readonly<{ name: string; path: string; headers: Record<string, string>; advice: string }>,
): Promise<Finding[]> {
  const { up, finding } = readiness(about, url, await get(`${url}/readyz`));
  if (!up) return [finding];
  const answer = await get(`${url}${key.path}`, key.headers);
  return [finding, keyFinding(about, key, "status" in answer ? answer.status : undefined)];
}

function keyFinding(
  about: string,
  { name, advice }: { readonly name: string; readonly advice: string },
  status: number | undefined,
): Finding {
  if (status === 200) return fine(about, `accepts this shell's ${name}`);
  if (status === 401 || status === 403) return fault(about, `rejects this shell's ${name}`, advice);
  const says = `can't check this shell's ${name} now (${status ? `HTTP ${status}` : "no response"})`;
  return warning(about, says, "Fix the other faults first, then run doctor again.");
}

export function orderFindings({ hostname, port, merchantApiKey }: OrderConfig): Promise<Finding[]> {
  return serviceFindings("the order service", `http://${hostOf(hostname)}:${port}`, {
    name: "MERCHANT_API_KEY",
    path: "/api/orders?limit=1",
    headers: { Authorization: `Bearer ${merchantApiKey}` },
    advice: "Use the key that the service was started with.",
  });
}

export function paymentFindings({ paymentUrl, eventKeys }: OrderConfig): Promise<Finding[]> {
  return serviceFindings("the payment service", paymentUrl.replace(/\/$/, ""), {
    name: "INTERNAL_API_KEY",
    path: "/metrics",
    headers: { "X-Internal-Key": eventKeys.current },
    advice: "Set the same value for both services; otherwise calls and events between them fail.",
  });
}

/** Checks whether PUBLIC_URL leads to the shop. */
export async function shopAddressFindings({ publicUrl }: OrderConfig): Promise<Finding[]> {
  const about = "the shop's address";
  const answer = await get(`${publicUrl}/healthz`);
  if ("error" in answer)
    return [
      warning(
        about,
        `${publicUrl} can't be reached from here (${reasonOf(answer.error)})`,
        "Check DNS, the certificate and the proxy: browsers and Toss's webhooks use this address, PUBLIC_URL.",
      ),
    ];
  if (answer.status !== 200)
    return [
      fault(
        about,
        `${publicUrl}/healthz answers ${answer.status}`,
        "Make the proxy forward every request to the order service, with its Host header.",
      ),
    ];
  if (!/^{"status":/.test(answer.text))
    return [
      fault(
        about,
        `another server responds at ${publicUrl}/healthz`,
        "Point PUBLIC_URL, or its proxy, to the order service.",
      ),
    ];
  return [fine(about, `${publicUrl} reaches the shop`)];
}

const hostOf = (hostname: string) => {
  if (hostname === "0.0.0.0" || hostname === "::") return "localhost";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
};
