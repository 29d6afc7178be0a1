/**
 * An error that the user can correct. Its message is one clear
 * sentence with the way out, and is shown without a stack trace.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}
