/** An error that the user can correct. Its message says how and is shown without a stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
}
