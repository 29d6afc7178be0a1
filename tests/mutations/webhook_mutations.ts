import type { Mutation } from "./mutation.ts";

const queue = "packages/notifications/postgres_queue.ts";
const sender = "packages/notifications/webhook_sender.ts";
const schedule = "packages/notifications/schedule.ts";
const killer = (name: string) => ({
  file: "packages/notifications/webhooks_integration_test.ts",
  name,
});
const receiversKiller = (name: string) => ({
  file: "packages/notifications/webhook_receivers_integration_test.ts",
  name,
});
const senderKiller = (name: string) => ({
  file: "packages/notifications/webhook_sender_test.ts",
  name,
});

/** Webhooks to the shop's own servers. */
export const webhookMutations: readonly Mutation[] = [
  {
    rule: "A webhook is sent only to the IP address that was checked",
    broken: "the connection resolves the host name again",
    file: sender,
    find: "url.hostname = isIP(address) === 6 ? `[${address}]` : address;",
    replace: "",
    killer: senderKiller("connects to the checked address"),
  },
  {
    rule: "A webhook reaches a name whose first address is down",
    broken: "only the first address is called",
    file: sender,
    find: "if (await accepts(address, target, withinMs)) return address;",
    replace: "return address;",
    killer: senderKiller("sends to the next address"),
  },
  {
    rule: "A host name with a private address gets no webhook",
    broken: "only the first address is checked",
    file: sender,
    find: "addresses.find((one) => !isPublic(one))",
    replace: "addresses.slice(0, 1).find((one) => !isPublic(one))",
    killer: senderKiller("rejects a name with any private address"),
  },
  {
    rule: "A webhook's redirect is not followed",
    broken: "it is followed",
    file: sender,
    find: 'redirect: "manual"',
    replace: 'redirect: "follow"',
    killer: receiversKiller("redirect"),
  },
  {
    rule: "Events of an order are sent one after the other",
    broken: "they are sent concurrently",
    file: queue,
    find: "and (f.version, f.position) < (d.version, d.position)",
    replace: "and false",
    killer: receiversKiller("in order by order"),
  },
  {
    rule: "A failed delivery is retried on schedule",
    broken: "it is given up after the first failure",
    file: schedule,
    find: "channel.retryDelaysMs[tries - 1]",
    replace: "channel.retryDelaysMs[tries + 8]",
    killer: { file: "packages/notifications/schedule_test.ts", name: "ten tries" },
  },
  {
    rule: "A process killed between call and record leaves the event to be sent again",
    broken: "its claim never expires",
    file: queue,
    find: "set claim_id = ${claimId}, next_at = ${time(until)}",
    replace: "set claim_id = ${claimId}, next_at = 'infinity'",
    killer: killer("between a call and the writing"),
  },
  {
    rule: "An endpoint that is down gets one call at a time",
    broken: "it gets all due events",
    file: schedule,
    find: "return failures >= downAfter ? 1 : callsMax;",
    replace: "return callsMax;",
    killer: { file: "packages/notifications/schedule_test.ts", name: "one probe" },
  },
  {
    rule: "All replicas together make at most ten concurrent calls to an endpoint",
    broken: "a claim does not skip endpoints that another replica is claiming for",
    file: queue,
    find: "for update skip locked",
    replace: "",
    killer: receiversKiller("replicas that claim concurrently"),
  },
  {
    rule: "No delivery fails while a secret is rotated",
    broken: "only the new secret signs from the first moment",
    file: queue,
    find: "then t.secret || string_to_array(t.former_secret, ' ')",
    replace: "then array[t.secret]",
    killer: killer("during a rotation both secrets sign"),
  },
  {
    rule: "A repeated rotation stops no secret that signs",
    broken: "only the last secret before it signs further",
    file: "packages/notifications/postgres_endpoints.ts",
    find: "case when former_secret_until > now() then string_to_array(former_secret, ' ') end",
    replace: "'{}'::text[]",
    killer: killer("a second rotation keeps the signing secrets"),
  },
  {
    rule: "An endpoint that responds 410 gets no more events",
    broken: "it is retried",
    file: schedule,
    find: 'result.status === 410 ? "gone" :',
    replace: "",
    killer: receiversKiller("410"),
  },
];
