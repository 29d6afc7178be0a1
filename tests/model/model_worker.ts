// A share of the runs in a thread of its own; answers with nothing, or with what failed.
import { checkModel, type Share } from "./check_model.ts";

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<Share>) => {
  checkModel(data).then(
    () => postMessage({ failure: null }),
    (error: unknown) => postMessage({ failure: Bun.inspect(error) }),
  );
};
