/**
 * A loopback port that nothing listens on, below the ephemeral range. So no outgoing connection
 * takes the port while its server restarts.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 15_000 + Math.floor(Math.random() * 17_000);
    if (!isPortTaken(port)) return port;
  }
  throw new Error("Cannot find a free port between 15000 and 32000");
}

/** Whether something listens on this port of 127.0.0.1 or on all addresses. */
export function isPortTaken(port: number): boolean {
  return portRefusal(port) !== undefined;
}

/** Why this process cannot listen there: EADDRINUSE, or EACCES for a privileged port. */
export function portRefusal(port: number): string | undefined {
  for (const hostname of ["127.0.0.1", "0.0.0.0"]) {
    try {
      Bun.listen({ hostname, port, socket: { data() {} } }).stop(true);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? "EADDRINUSE";
    }
  }
  return undefined;
}
