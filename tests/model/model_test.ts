import { expect, test } from "bun:test";
import { checkModel, type Share } from "./check_model.ts";
import type { WorkerMessage } from "./model_worker.ts";

const seed = Number(process.env["MODEL_SEED"] ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env["MODEL_RUNS"] ?? 1_000);
const path = process.env["MODEL_PATH"];
/** A thread takes half a second to start, so small numbers of runs use none. */
const shares = path === undefined && numRuns > 5_000 ? 2 : 1;

/** A thousand runs take 0.25 s; a thread without progress for this long has hung. */
const stuckAfterMs = 10 * 60_000;
/** No test time-out: progress is watched instead, because a busy machine only takes longer. */
const noLimitMs = 24 * 60 * 60_000;

test(
  `orders, payments and Toss agree after any faults: ${numRuns} runs, MODEL_SEED=${seed}`,
  async () => {
    if (shares === 1) return await checkModel({ seed, numRuns, path });
    const share = Math.ceil(numRuns / shares);
    const failures = await Promise.all(
      Array.from({ length: shares }, (_, index) =>
        inThread({ seed: seed + index, numRuns: share }),
      ),
    );
    expect(failures.filter((failure) => failure !== null).join("\n")).toBe("");
  },
  noLimitMs,
);

async function inThread(share: Share): Promise<string | null> {
  const worker = new Worker(new URL("./model_worker.ts", import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const stuck = () =>
    reject(
      new Error(
        `Fewer than 1,000 runs ended within ${stuckAfterMs / 60_000} minutes, MODEL_SEED=${share.seed}`,
      ),
    );
  let timer = setTimeout(stuck, stuckAfterMs);
  worker.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
    if ("failure" in data) return resolve(data.failure);
    clearTimeout(timer);
    timer = setTimeout(stuck, stuckAfterMs);
    if (data.runs % 10_000 === 0)
      console.log(`seed ${share.seed}: ${data.runs} of ${share.numRuns} runs`);
  };
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(share);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    worker.terminate();
  }
}
