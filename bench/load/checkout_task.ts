import { spreadOf, type Spread } from "../report/percentiles.ts";
import { serveTask } from "./child_task.ts";
import { authenticate, confirm, confirmAtToss, place, type Places } from "./shopper.ts";

export type CheckoutLoad = {
  readonly places: Places;
  /** "whole": as many checkouts as possible. "confirm": also sends confirms directly to Toss. */
  readonly kind: "whole" | "confirm";
  readonly atOnce: number;
  readonly forMs: number;
  readonly total?: number;
  /** The maximum rate of started checkouts; unlimited without it. */
  readonly perSecond?: number;
};

export type CheckoutOutcome = {
  readonly paid: number;
  /** Confirms whose response was not DONE; they are paid a moment later. */
  readonly pending: number;
  /** Confirms that were retried after 429 or 503. */
  readonly repeated: number;
  readonly perSecond: number;
  readonly whole: Spread;
  readonly confirm: Spread;
  /** Confirms sent directly to the PSP, alternating with the others. */
  readonly confirmAtToss: Spread;
};

async function run(load: CheckoutLoad): Promise<CheckoutOutcome> {
  const { places, forMs, total = Infinity, perSecond: rate = Infinity } = load;
  const wholes: number[] = [];
  const confirms: number[] = [];
  const direct: number[] = [];
  const begun = performance.now();
  let [paid, pending, repeated, started] = [0, 0, 0, 0];
  const elapsedMs = () => performance.now() - begun;
  const worker = async () => {
    while (elapsedMs() < forMs && started < total) {
      const aheadMs = (started * 1000) / rate - elapsedMs();
      started += 1;
      if (aheadMs > 0) await Bun.sleep(aheadMs);
      const fromMs = performance.now();
      const authenticated = await authenticate(places, await place(places));
      const confirmMs = performance.now();
      const { isPaid, calls } = await confirm(places, authenticated);
      if (isPaid) paid += 1;
      else pending += 1;
      repeated += calls - 1;
      const now = performance.now();
      confirms.push(now - confirmMs);
      wholes.push(now - fromMs);
      if (load.kind === "confirm") {
        const other = await authenticate(places, await place(places));
        const otherMs = performance.now();
        await confirmAtToss(places, other);
        direct.push(performance.now() - otherMs);
      }
    }
  };
  await Promise.all(Array.from({ length: load.atOnce }, worker));
  const perSecond = (wholes.length * 1000) / elapsedMs();
  return {
    paid,
    pending,
    repeated,
    perSecond,
    whole: spreadOf(wholes),
    confirm: spreadOf(confirms),
    confirmAtToss: spreadOf(direct),
  };
}

await serveTask(run);
