/** A process can't start; the message says why and what to do, without a stack. */
export class StartError extends Error {
  override readonly name = "StartError";
}
