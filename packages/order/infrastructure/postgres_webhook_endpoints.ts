import { sql, type Kysely, type RawBuilder } from "kysely";
import { auditInsert, isUuid } from "@payflow/outbox";
import { newWebhookSecret } from "@payflow/shared";
import type { WebhookEndpointRepository } from "../application/webhook_endpoints.ts";
import { endpointsMax, type WebhookEndpoint } from "../domain/webhook_endpoint.ts";
import { webhookDeliveries } from "./postgres_webhook_deliveries.ts";

const columns = sql`id as "endpointId", url, description, event_types as "eventTypes",
  created_at as "createdAt", disabled_at as "disabledAt", disabled_reason as "disabledReason",
  failing_since as "failingSince", last_success_at as "lastSuccessAt",
  case when former_secret_until > now() then former_secret_until end as "formerSecretUntil"`;

/** Endpoints of webhooks in PostgreSQL. What an operator does is in the audit, written with it. */
export function postgresWebhookEndpoints(
  db: Kysely<never>,
  { newId }: { readonly newId: () => string },
): WebhookEndpointRepository {
  /** Runs a change that returns the endpoint's row, and notes it; undefined when there is no such endpoint. */
  async function audited(action: string, change: RawBuilder<unknown>, detail?: unknown) {
    const { rows } = await sql<WebhookEndpoint>`
      with changed as (${change}), noted as (
        ${auditInsert({ action: `webhook_endpoint.${action}`, subject: sql`id::text`, detail }, sql`changed`)})
      select ${columns} from changed`.execute(db);
    return rows[0];
  }

  return {
    ...webhookDeliveries(db),
    async list() {
      const { rows } = await sql<WebhookEndpoint>`
        select ${columns} from webhook_endpoints order by id`.execute(db);
      return rows;
    },
    async find(endpointId) {
      if (!isUuid(endpointId)) return undefined;
      const { rows } = await sql<WebhookEndpoint>`
        select ${columns} from webhook_endpoints where id = ${endpointId}`.execute(db);
      return rows[0];
    },
    async create({ url, description, eventTypes }) {
      const secret = newWebhookSecret();
      const insert = sql`
        insert into webhook_endpoints (id, url, description, event_types, secret)
        select ${newId()}, ${url}, ${description}, ${eventTypes}::text[], ${secret}
        where (select count(*) from webhook_endpoints) < ${endpointsMax} returning *`;
      const made = await audited("created", insert, { url, eventTypes });
      return made ? { secret, made } : "full";
    },
    async change(endpointId, { isEnabled, ...change }) {
      if (!isUuid(endpointId)) return undefined;
      const { url, description, eventTypes } = change;
      const sets = [
        ...(url === undefined ? [] : [sql`url = ${url}`]),
        ...(description === undefined ? [] : [sql`description = ${description}`]),
        ...(eventTypes === undefined ? [] : [sql`event_types = ${eventTypes}::text[]`]),
        ...(isEnabled === true
          ? [
              sql`disabled_at = null, disabled_reason = null, failures = 0, failing_since = null, paused_until = null`,
            ]
          : []),
        ...(isEnabled === false
          ? [
              sql`disabled_at = coalesce(disabled_at, now()), disabled_reason = coalesce(disabled_reason, 'operator')`,
            ]
          : []),
      ];
      if (sets.length === 0) return await this.find(endpointId);
      const update = sql`
        update webhook_endpoints set ${sql.join(sets)} where id = ${endpointId} returning *`;
      return await audited("changed", update, { ...change, isEnabled });
    },
    async rotate(endpointId, formerForHours) {
      if (!isUuid(endpointId)) return undefined;
      const secret = newWebhookSecret();
      const rotated = await audited(
        "rotated",
        sql`
          update webhook_endpoints set secret = ${secret}, former_secret = secret,
            former_secret_until = now() + make_interval(hours => ${formerForHours}::integer)
          where id = ${endpointId} returning *`,
        { formerForHours },
      );
      return rotated && { secret, rotated };
    },
    async remove(endpointId) {
      if (!isUuid(endpointId)) return false;
      const remove = sql`delete from webhook_endpoints where id = ${endpointId} returning *`;
      return (await audited("removed", remove)) !== undefined;
    },
  };
}
