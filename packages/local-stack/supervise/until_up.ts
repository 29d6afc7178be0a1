import type { Child } from "./child.ts";

/**
 * Long enough for a WAL replay or the migration of a large table, which print little. A process
 * that hangs is given up after this time.
 */
const silentForMs = 600_000;
/** Short enough for a start of one second, cheap enough for one of an hour. */
const pauseMs = 50;

/**
 * Polls until the child is up or has ended. The time limit counts from its last sign of life: a
 * printed line, or a `look` that returned "alive".
 * @returns "up", the exit code, or undefined after the time limit
 */
export async function untilUp(
  child: Pick<Child, "exited" | "heardAt">,
  look: () => Promise<"up" | "alive" | "silent">,
  limits: { readonly silentForMs?: number } = {},
): Promise<"up" | number | undefined> {
  let ended: number | undefined;
  void child.exited.then((code) => (ended = code));
  let aliveAt = performance.now();
  for (;;) {
    const found = await look();
    if (found === "up") return "up";
    if (ended !== undefined) return ended;
    if (found === "alive") aliveAt = performance.now();
    const quietMs = performance.now() - Math.max(aliveAt, child.heardAt());
    if (quietMs > (limits.silentForMs ?? silentForMs)) return undefined;
    await Bun.sleep(pauseMs);
  }
}
