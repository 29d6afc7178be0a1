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
    rule: "A webhook goes only to the address that was checked",
    broken: "the connection resolves the name again",
    file: sender,
    find: "url.hostname = isIP(address) === 6 ? `[${address}]` : address;",
    replace: "",
    killer: senderKiller("connects to the checked address"),
  },
  {
    rule: "A name of which one address is private gets no webhook",
    broken: "the first address alone is checked",
    file: sender,
    find: "addresses.find((one) => !isPublic(one))",
    replace: "addresses.slice(0, 1).find((one) => !isPublic(one))",
    killer: senderKiller("rejects a name with any private address"),
  },
  {
    rule: "A redirect is not followed",
    broken: "it is",
    file: sender,
    find: 'redirect: "manual"',
    replace: 'redirect: "follow"',
    killer: receiversKiller("redirect"),
  },
  {
    rule: "The next event of an order is sent after the one before",
    broken: "it is sent at the same time",
    file: queue,
    find: "and (f.version, f.position) < (d.version, d.position)",
    replace: "and false",
    killer: receiversKiller("in order by order"),
  },
  {
    rule: "An event is retried by the schedule",
    broken: "it is given up after the first failure",
    file: schedule,
    find: "channel.retryDelaysMs[tries - 1]",
    replace: "channel.retryDelaysMs[tries + 8]",
    killer: { file: "packages/notifications/schedule_test.ts", name: "ten tries" },
  },
  {
    rule: "Who is killed between call and writing leaves the event to be sent again",
    broken: "its claim never runs out",
    file: queue,
    find: "set claim_id = ${claimId}, next_at = ${time(until)}",
    replace: "set claim_id = ${claimId}, next_at = 'infinity'",
    killer: killer("between a call and the writing"),
  },
  {
    rule: "An endpoint that is down gets one call at a time",
    broken: "it gets all that is due",
    file: schedule,
    find: "return failures >= downAfter ? 1 : callsMax;",
    replace: "return callsMax;",
    killer: { file: "packages/notifications/schedule_test.ts", name: "one probe" },
  },
  {
    rule: "Ten calls at once are the bound of all replicas together",
    broken: "a claim passes over no endpoint that another claims for",
    file: queue,
    find: "for update skip locked",
    replace: "",
    killer: receiversKiller("replicas that claim concurrently"),
  },
  {
    rule: "No delivery fails while a secret is rotated",
    broken: "the new secret alone signs at once",
    file: queue,
    find: "then array[t.secret, t.former_secret]",
    replace: "then array[t.secret]",
    killer: killer("during a rotation both secrets sign"),
  },
  {
    rule: "An endpoint that answers 410 gets nothing more",
    broken: "it is tried again",
    file: schedule,
    find: 'result.status === 410 ? ("gone" as const) :',
    replace: "",
    killer: receiversKiller("410"),
  },
];
