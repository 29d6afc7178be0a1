// A share of the runs in a thread of its own: tells of its progress, and in the end nothing or what failed.
import { checkModel, type Share } from "./check_model.ts";

export type WorkerMessage = { readonly runs: number } | { readonly failure: string | null };

declare const self: Worker;

const runsPerMessage = 1_000;

self.onmessage = ({ data }: MessageEvent<Share>) => {
  let runs = 0;
  const tell = (message: WorkerMessage) => postMessage(message);
  const onRun = () => {
    if (++runs % runsPerMessage === 0) tell({ runs });
  };
  checkModel({ ...data, onRun }).then(
    () => tell({ failure: null }),
    (error: unknown) => tell({ failure: Bun.inspect(error) }),
  );
};
