import type { Child } from "./child.ts";

/**
 * Replaying a log after a crash, or migrating a large table, takes as long as it
 * needs, and most of it in silence; what hangs is given up in the end.
 */
const silentForMs = 600_000;
/** Often enough for a start of a second, cheap enough for one of an hour. */
const pauseMs = 50;

/**
 * Looks until the child is up or has ended. Counts from its last sign of life: a
 * line that it printed, or a look that answered "alive".
 * @returns how it went: "up", its exit code, or undefined when it fell silent
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
