import { unclear, wholeNumber, type ReadWords } from "@payflow/local-stack";

export const kafkaUsage = `bun run kafka topics
bun run kafka consume TOPIC [--from-beginning] [--max N]

Lists the topics, or shows a topic's messages: the first N, or all until Ctrl-C.`;

/** What `bun run kafka` shows. `max`: how many messages; undefined: until Ctrl-C. */
export type Look =
  | { readonly action: "topics" }
  | {
      readonly action: "consume";
      readonly topic: string;
      readonly fromBeginning: boolean;
      readonly max: number | undefined;
    };

/** @throws UsageError when the words make no sense */
export function readLook({ words, flags, values }: ReadWords): Look {
  const usage = kafkaUsage;
  const [action, topic] = words;
  const hasOptions = Object.keys({ ...flags, ...values }).length > 0;
  if (action === "topics" && topic === undefined && !hasOptions) return { action };
  if (action !== "consume" || !topic) throw unclear("Say what to look at", usage);
  const { max } = values;
  return {
    action,
    topic,
    fromBeginning: flags["from-beginning"] === true,
    max: max === undefined ? undefined : wholeNumber("max", max, { min: 1, usage }),
  };
}
