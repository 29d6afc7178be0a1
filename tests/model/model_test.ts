import { expect, test } from "bun:test";
import { checkModel, type Share } from "./check_model.ts";

const seed = Number(process.env["MODEL_SEED"] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env["MODEL_RUNS"] ?? 1_000);
const path = process.env["MODEL_PATH"];
/** Threads cost half a second to start, which a few runs don't repay. */
const shares = path === undefined && numRuns > 5_000 ? 2 : 1;

test(`orders, payments and Toss agree after any faults: ${numRuns} runs, MODEL_SEED=${seed}`, async () => {
  if (shares === 1) return await checkModel({ seed, numRuns, path });
  const share = Math.ceil(numRuns / shares);
  const failures = await Promise.all(
    Array.from({ length: shares }, (_, index) =>
      inThread({ seed: seed + index, numRuns: share }),
    ),
  );
  expect(failures.filter((failure) => failure !== null).join("\n")).toBe("");
}, 300_000);

function inThread(share: Share): Promise<string | null> {
  const worker = new Worker(new URL("./model_worker.ts", import.meta.url));
  return new Promise<string | null>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ failure: string | null }>) =>
      resolve(data.failure);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(share);
  }).finally(() => worker.terminate());
}
