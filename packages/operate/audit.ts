import { listed, wholeNumber } from "@payflow/local-stack";
import { listAudit } from "@payflow/outbox";
import { services, withPlaces } from "./places.ts";

/** The audits of both services (actions that change no order and no payment), newest first. */
export const auditRows = withPlaces(async ({ values }, { databases }) => {
  const limit = wholeNumber("limit", values["limit"] ?? "", { max: 10_000 });
  const lists = services.map(async (service) => {
    const rows = await listAudit(databases[service], { limit });
    return rows.map(({ at, actor, action, subject, reason, detail }) => {
      return { at, service, actor, action, subject, reason, detail };
    });
  });
  const rows = (await Promise.all(lists)).flat();
  return listed(rows.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, limit));
});
