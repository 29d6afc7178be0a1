import type { Mutation } from "./mutation.ts";

const consumer = "packages/shared/runtime/kafka_consumer.ts";
const consumerTest =
  "packages/shared/runtime/kafka_consumer_integration_test.ts";
const signature = "packages/shared/runtime/event_signature.ts";
const signatureTest = "packages/shared/runtime/event_signature_test.ts";
const deadLetters = "packages/shared/runtime/dead_letters.ts";

const unsigned = { file: consumerTest, name: "has signed takes no effect" };
const flood = { file: consumerTest, name: "a flood of unsigned messages" };

/** What Kafka can do to us: forged events, lost brokers, and replicas that are cut off from it. */
export const kafkaMutations: readonly Mutation[] = [
  {
    rule: "An event that none of our services has signed takes no effect",
    broken: "it is handled like any other",
    file: consumer,
    find: 'isSigned(topic, message) ? "signed" : "unsigned"',
    replace: 'isSigned(topic, message) ? "signed" : "signed"',
    killer: unsigned,
  },
  {
    rule: "An event that none of our services has signed takes no effect",
    broken: "any signature passes",
    file: signature,
    find: "given.length === expected.length && timingSafeEqual(given, expected)",
    replace: "given.length === expected.length",
    killer: unsigned,
  },
  {
    rule: "An event that none of our services has signed takes no effect",
    broken: "it is dropped without a trace",
    file: consumer,
    find: "unsigned.length === 0 || refuse(payload, unsigned),",
    replace: "true,",
    killer: unsigned,
  },
  {
    rule: "A signature covers topic, key, id and time as well as the value",
    broken: "it covers the value alone",
    file: signature,
    find: 'const parts = [topic, key, headers["ce_id"], headers["ce_time"]];',
    replace: "const parts = [topic, key, headers].slice(3);",
    killer: { file: signatureTest },
  },
  {
    rule: "While keys are being changed both are accepted",
    broken: "the current one alone is",
    file: signature,
    find: "derived.some((key) => {",
    replace: "derived.slice(0, 1).some((key) => {",
    killer: { file: signatureTest },
  },
  {
    rule: "Forged messages fill no disk",
    broken: "all of them are kept",
    file: deadLetters,
    find: "    limit (select greatest(0, ${unsignedMax}::integer - count(*)) from dead_letters where not is_signed)\n",
    replace: "",
    killer: flood,
  },
  {
    rule: "Forged messages fill no disk",
    broken: "large ones are kept whole",
    file: deadLetters,
    find: "if (bytes <= unsignedBytesMax) return letter;",
    replace: "if (bytes > 0) return letter;",
    killer: flood,
  },
];
