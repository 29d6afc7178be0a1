import { AppError } from "@payflow/shared";
import type { AdminNotifications } from "../mod.ts";
import { minutesAgo } from "./sample_admin.ts";
import type { RecordHands } from "./fake_records.ts";

/** Webhooks to the shop's own servers, in memory. */
export function endpointFunctions({
  records,
  change,
  read,
}: RecordHands): Omit<AdminNotifications, "listMails" | "findMail" | "resendMail"> {
  const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const get = (endpointId: string) => {
    const found = records.endpoints.find((row) => row.endpointId === endpointId);
    if (!found) throw new AppError("not_found", "webhook_endpoint_not_found", "No endpoint");
    return found;
  };
  return {
    async listEndpoints() {
      read();
      return records.endpoints;
    },
    findEndpoint: async (id) => get(id),
    async createEndpoint(given) {
      if (records.endpoints.some(({ endpointId }) => endpointId === given.endpointId))
        throw new AppError("conflict", "webhook_endpoint_exists", "It was added already");
      if (given.url.includes("//10."))
        throw new AppError("invalid", "invalid_request", "url: must be a public address", {
          errors: [{ path: "url", message: "must be a public address" }],
        });
      change("admin", "createEndpoint", given.url, given.description, given.eventTypes);
      const first = records.endpoints[0]!;
      records.endpoints.push({ ...first, ...given, lastSuccessAt: null });
      return { secret, url: given.url };
    },
    async changeEndpoint(endpointId, { isEnabled, ...given }) {
      change("admin", "changeEndpoint", endpointId, { ...given, isEnabled });
      const turned =
        isEnabled === undefined
          ? {}
          : isEnabled
            ? { disabledAt: null, disabledReason: null }
            : { disabledAt: minutesAgo(0), disabledReason: "operator" };
      Object.assign(get(endpointId), given, turned);
    },
    async rotateEndpoint(endpointId) {
      change("admin", "rotateEndpoint", endpointId);
      return { secret, url: get(endpointId).url };
    },
    async removeEndpoint(endpointId) {
      change("admin", "removeEndpoint", endpointId);
      records.endpoints.splice(records.endpoints.indexOf(get(endpointId)), 1);
    },
    async listDeliveries(_, state) {
      read();
      const rows = records.deliveries.filter((row) => state === undefined || row.state === state);
      return { rows, next: null };
    },
    async findDelivery(_, eventId) {
      const found = records.deliveries.find(({ id }) => id === eventId);
      if (!found) throw new AppError("not_found", "webhook_delivery_not_found", "No delivery");
      return found;
    },
    async resendDelivery(endpointId, eventId) {
      change("operate", "resendDelivery", endpointId, eventId);
    },
    async resendSince(endpointId, { hours, undeliveredOnly }) {
      change("operate", "resendSince", endpointId, hours, undeliveredOnly);
      return 128;
    },
  };
}
