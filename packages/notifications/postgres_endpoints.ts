import { sql, type Kysely, type RawBuilder } from "kysely";
import { auditInsert } from "@payflow/outbox";
import { AppError } from "@payflow/shared";
import type * as v from "valibot";
import type { WebhookEndpoint as Endpoint, WebhookEndpointChange } from "./endpoint_schemas.ts";
import type { NewWebhookEndpoint } from "./endpoint_schemas.ts";
import { webhookUrl } from "./endpoint_url.ts";
import { newWebhookSecret } from "./webhook_signature.ts";

/** An address of the shop's own server that gets order events. Secrets are shown only when they are created. */
export type WebhookEndpoint = v.InferOutput<typeof Endpoint>;
export type Endpoints = ReturnType<typeof postgresEndpoints>;

/** `id`: of a form. `key`: an Idempotency-Key, which gives the id; keys of the merchant share a scope. */
type Repeatable = { readonly id?: string; readonly key?: string | undefined };

/** Each endpoint costs one row per event. */
const endpointsMax = 20;
/** A rotation that is repeated, because its response was lost, must not stop the secret in use. Each signs every call. */
const formerMax = sql.lit(4);
/** How long the former secret still signs after a rotation, by default. */
const rotationHours = 24;

const columns = sql`id as "endpointId", url, description, event_types as "eventTypes",
  created_at as "createdAt", disabled_at as "disabledAt", disabled_reason as "disabledReason",
  failing_since as "failingSince", last_success_at as "lastSuccessAt",
  case when former_secret_until > now() then former_secret_until end as "formerSecretUntil"`;

/**
 * Webhook endpoints in PostgreSQL. Each change is audited by the same statement. Functions with an endpoint id throw
 * AppError `webhook_endpoint_not_found`; those with a URL throw `invalid_request` for one that `webhookUrl` rejects.
 */
export function postgresEndpoints(
  db: Kysely<never>,
  { newId, allowsPrivate }: { readonly newId: () => string; readonly allowsPrivate: boolean },
) {
  /** Runs a change that returns the endpoint's row, and audits it; undefined when the endpoint does not exist. */
  async function audited(action: string, change: RawBuilder<unknown>, detail?: unknown) {
    const { rows } = await sql<WebhookEndpoint>`
      with changed as (${change}), noted as (
        ${auditInsert({ action: `webhook_endpoint.${action}`, subject: sql`id::text`, detail }, sql`changed`)})
      select ${columns} from changed`.execute(db);
    return rows[0];
  }

  async function select(where: RawBuilder<unknown>): Promise<readonly WebhookEndpoint[]> {
    const { rows } = await sql<WebhookEndpoint>`
      select ${columns} from webhook_endpoints where ${where} order by created_at, id`.execute(db);
    return rows;
  }
  const find = async (id: string) => found(id, (await select(isThis(id)))[0]);

  return {
    find,
    /** Oldest first. */
    list: () => select(sql`true`),
    /**
     * Also throws AppError `webhook_endpoints_full`. A call with a known id throws `webhook_endpoint_exists`. With a key it
     * returns an equal endpoint of the last day with its first secret, and throws `idempotency_key_reused` otherwise.
     */
    async create(
      given: v.InferOutput<typeof NewWebhookEndpoint>,
      { key, id = key === undefined ? newId() : Bun.randomUUIDv5(key, "oid") }: Repeatable = {},
    ) {
      const { description, eventTypes } = given;
      const url = webhookUrl(given.url, allowsPrivate);
      const secret = newWebhookSecret();
      const insert = sql`
        insert into webhook_endpoints (id, url, description, event_types, secret)
        select ${id}, ${url}, ${description}, ${eventTypes}::text[], ${secret}
        where (select count(*) from webhook_endpoints) < ${endpointsMax}
        on conflict (id) do nothing returning *`;
      const made = await audited("created", insert, { url, eventTypes });
      if (made !== undefined) return { secret, ...made };
      const { rows } = await sql<WebhookEndpoint & { secret: string; isFirst: boolean }>`
        select secret, ${columns}, url = ${url} and description = ${description} and former_secret is null
            and event_types is not distinct from ${eventTypes}::text[]
            and created_at > now() - interval '1 day' as "isFirst"
        from webhook_endpoints where ${isThis(id)}`.execute(db);
      for (const { isFirst, ...known } of rows) {
        if (key !== undefined && isFirst) return known;
        const text = "This endpoint was added already, with these or other values";
        if (key === undefined) throw new AppError("conflict", "webhook_endpoint_exists", text);
        throw new AppError("invalid", "idempotency_key_reused", text);
      }
      const text = `There are ${endpointsMax} webhook endpoints already: remove one that is not needed`;
      throw new AppError("conflict", "webhook_endpoints_full", text);
    },
    /** An endpoint that is enabled again gets its waiting deliveries. */
    async change(endpointId: string, given: v.InferOutput<typeof WebhookEndpointChange>) {
      const { description, eventTypes, isEnabled } = given;
      const url = given.url === undefined ? undefined : webhookUrl(given.url, allowsPrivate);
      const sets = [
        url !== undefined && sql`url = ${url}`,
        description !== undefined && sql`description = ${description}`,
        eventTypes !== undefined && sql`event_types = ${eventTypes}::text[]`,
        isEnabled === true &&
          sql`disabled_at = null, disabled_reason = null, failures = 0, failing_since = null, paused_until = null`,
        isEnabled === false &&
          sql`disabled_at = coalesce(disabled_at, now()), disabled_reason = coalesce(disabled_reason, 'operator')`,
      ].filter((set) => set !== false);
      if (sets.length === 0) return await find(endpointId);
      const update = sql`
        update webhook_endpoints set ${sql.join(sets)} where ${isThis(endpointId)} returning *`;
      return found(endpointId, await audited("changed", update, { ...given, url }));
    },
    /** Creates a new secret; those that sign so far also sign for `formerForHours`. */
    async rotate(endpointId: string, formerForHours = rotationHours) {
      const secret = newWebhookSecret();
      const update = sql`
        update webhook_endpoints set secret = ${secret}, former_secret = array_to_string((array[secret] ||
            case when former_secret_until > now() then string_to_array(former_secret, ' ') end)[1:${formerMax}], ' '),
          former_secret_until = now() + make_interval(hours => ${formerForHours}::integer)
        where ${isThis(endpointId)} returning *`;
      return { secret, ...found(endpointId, await audited("rotated", update, { formerForHours })) };
    },
    /** Waiting deliveries are never sent. */
    async remove(endpointId: string): Promise<void> {
      const remove = sql`delete from webhook_endpoints where ${isThis(endpointId)} returning *`;
      found(endpointId, await audited("removed", remove));
    },
  };
}

/** The condition for the endpoint with this id; a malformed id matches no row. */
const isThis = (endpointId: string) => sql`id::text = lower(${endpointId})`;

function found<T>(endpointId: string, endpoint: T | undefined): T {
  if (endpoint === undefined) throw webhookEndpointNotFound(endpointId);
  return endpoint;
}

export function webhookEndpointNotFound(endpointId: string): AppError {
  const text = `There is no webhook endpoint "${endpointId}"`;
  return new AppError("not_found", "webhook_endpoint_not_found", text);
}
