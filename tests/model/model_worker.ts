// Runs a share of the scenarios in a thread; posts its progress, and at the end the failure or null.
import { checkModel, type Share } from "./check_model.ts";

export type WorkerMessage = { readonly runs: number } | { readonly failure: string | null };

declare const self: Worker;

const runsPerMessage = 1_000;

self.onmessage = ({ data }: MessageEvent<Share>) => {
  let runs = 0;
  const post = (message: WorkerMessage) => postMessage(message);
  const onRun = () => {
    if (++runs % runsPerMessage === 0) post({ runs });
  };
  checkModel({ ...data, onRun }).then(
    () => post({ failure: null }),
    (error: unknown) => post({ failure: Bun.inspect(error) }),
  );
};
