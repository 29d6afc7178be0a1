import type { Mutation } from "./mutation.ts";

const decisions = "packages/order/domain/refund_decisions.ts";
const decisionsTest = "packages/order/domain/refund_decisions_test.ts";
const requestTest = "tests/refund_request_integration_test.ts";
const mailsTest = "packages/order/mails_integration_test.ts";
const findTest = "packages/order/application/find_by_email_test.ts";

/** Refund requests, order look-up by e-mail, and mails. */
export const shopperMutations: readonly Mutation[] = [
  {
    rule: "A refund request is refunded once, however many operators grant it",
    broken: "each grant makes its own refund",
    file: decisions,
    find: 'if ((last?.status === "granting" || last?.status === "granted") && isSame) return undefined; requireUndecided(orderId, last);',
    replace:
      'if (last === null) requireUndecided(orderId, last);\n  if (last?.status === "granting") return changed(order, { ...last, refusedRefunds: last.refusedRefunds + 1 });\n  requireUndecided(orderId, last);',
    killer: { file: requestTest, name: "granted concurrently is refunded once" },
  },
  {
    rule: "A granted request keeps the refund that was decided first",
    broken: "another amount replaces it",
    file: decisions,
    find: "const isSame = amount === undefined || last?.refund?.amount === amount;",
    replace: "const isSame = true;",
    killer: { file: decisionsTest, name: "keeps the refund that was decided first" },
  },
  {
    rule: "A request whose refund is open can be neither declined nor withdrawn",
    broken: "it can",
    file: "packages/order/domain/refund_request.ts",
    find: 'if (request?.status === "granting") {',
    replace: 'if (request?.status === "granting") return;\n  if (request === null) {',
    killer: { file: decisionsTest, name: "are refused while the refund is under way" },
  },
  {
    rule: "An unknown outcome of a granted refund does not allow a second refund",
    broken: "the request is reopened after any error",
    file: "packages/order/application/request_refund.ts",
    find: 'if (!(error instanceof AppError) || error.kind === "unavailable" || error.kind === "too_many") throw error;',
    replace: "",
    killer: { file: "packages/order/application/request_refund_test.ts", name: "stays granting" },
  },
  {
    rule: "An order is found only with its e-mail address",
    broken: "its number is enough",
    file: "packages/order/application/find_by_email.ts",
    find: 'return isSame && known !== "" ? order : undefined;',
    replace: "return isSame || known !== email ? order : undefined;",
    killer: {
      file: findTest,
      name: "gives the same response for another address and for an unknown order",
    },
  },
  {
    rule: "An erased order is not found",
    broken: "an empty address finds it",
    file: "packages/order/application/find_by_email.ts",
    find: 'return isSame && known !== "" ? order : undefined;',
    replace: "return isSame ? order : undefined;",
    killer: { file: findTest, name: "finds no order whose customer was erased" },
  },
  {
    rule: "Each change of an order sends one mail",
    broken: "mails are not saved with the change",
    file: "packages/order/application/decide.ts",
    find: "return journal.length === 0 ? change : { ...change, journal };",
    replace: "return change;",
    killer: { file: mailsTest, name: "each change of an order causes its mails once" },
  },
  {
    rule: "The mails of an order are sent in the order of its changes",
    broken: "a later mail does not wait for an earlier one",
    file: "packages/notifications/postgres_queue.ts",
    find: "and (f.version, f.position) < (d.version, d.position)",
    replace: "and false",
    killer: { file: mailsTest, name: "before the next one of its order" },
  },
  {
    rule: "Every try sends the same mail",
    broken: "its Message-ID is new each time",
    file: "packages/notifications/smtp_sender.ts",
    find: "messageId: `<${orderId}.${version}.${position}@${options.host}>`,",
    replace:
      "messageId: `<${crypto.randomUUID()}.${orderId}.${version}.${position}@${options.host}>`,",
    killer: { file: mailsTest, name: "sends the same mail again" },
  },
  {
    rule: "No two processes send one mail at the same time",
    broken: "a claim expires at once",
    file: "packages/notifications/deliver.ts",
    find: "until: plusMs(at, claimMs)",
    replace: "until: at",
    killer: { file: mailsTest, name: "each change of an order causes its mails once" },
  },
  {
    rule: "A call to a mail server that hangs times out",
    broken: "it waits without limit",
    file: "packages/notifications/smtp_sender.ts",
    find: "await beforeAbort(sending, signal);",
    replace: "void beforeAbort; await sending;",
    killer: { file: mailsTest, name: "holds a mail no longer than its limit" },
  },
  {
    rule: "An e-mail address in a mail server's response is masked in records and logs",
    broken: "the response is stored unchanged",
    file: "packages/notifications/smtp_sender.ts",
    find: "const error = withoutPeople(thrown.message).slice(0, errorMax);",
    replace: "const error = thrown.message.slice(0, errorMax);",
    killer: { file: mailsTest, name: "named in no record" },
  },
  {
    rule: "A mail that the console shows as HTML runs no script and loads nothing",
    broken: "its content security policy allows everything",
    file: "ui/admin/routes/mail_routes.tsx",
    find: "\"sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'\"",
    replace: '"default-src *"',
    killer: { file: "ui/admin/routes/mail_routes_test.ts", name: "a separate document" },
  },
];
