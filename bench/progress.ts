/** The finished share of a run: finished figures by estimate, the current one by its time. */
export function shareDone(options: {
  readonly estimatesMs: readonly number[];
  readonly done: number;
  readonly presentMs: number;
}): number {
  const { estimatesMs, done, presentMs } = options;
  const whole = estimatesMs.reduce((sum, ms) => sum + ms, 0);
  const past = estimatesMs.slice(0, done).reduce((sum, ms) => sum + ms, 0);
  const present = Math.min(presentMs, (estimatesMs[done] ?? 0) * 0.98);
  return whole === 0 ? 1 : Math.min(1, (past + present) / whole);
}

export function progressLine(label: string, share: number, elapsedMs: number): string {
  const width = 24;
  const full = Math.round(share * width);
  const bar = "█".repeat(full) + "░".repeat(width - full);
  return `${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${clock(elapsedMs)}  ${label}`;
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export type Progress = {
  step(label: string): void;
  /** Call it when the current figure is done. */
  next(): void;
  /** Prints above the bar. */
  print(text: string): void;
  end(): void;
};

/** A bar that is redrawn in a terminal; elsewhere a line for each step. */
export function showProgress(
  estimatesMs: readonly number[],
  output: NodeJS.WriteStream = process.stdout,
): Progress {
  const isTerminal = output.isTTY === true;
  const begun = performance.now();
  let [label, done, presentSince] = ["", 0, begun];
  const line = () => {
    const now = performance.now();
    const share = shareDone({ estimatesMs, done, presentMs: now - presentSince });
    return progressLine(label, share, now - begun);
  };
  const draw = () => output.write(`\r\u001b[K${line().slice(0, output.columns ?? 80)}`);
  const timer = isTerminal ? setInterval(draw, 500) : undefined;
  return {
    step(text) {
      label = text;
      if (isTerminal) draw();
      else output.write(`${line()}\n`);
    },
    next() {
      done += 1;
      presentSince = performance.now();
    },
    print(text) {
      if (isTerminal) output.write("\r\u001b[K");
      output.write(`${text}\n`);
    },
    end() {
      clearInterval(timer);
      if (isTerminal) output.write("\r\u001b[K");
    },
  };
}
