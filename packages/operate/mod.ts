/** Commands for whoever runs PayFlow: the outbox, dead letters, payments that need a look. */
export { deadLetters } from "./dead_letters.ts";
export { outbox } from "./outbox.ts";
export { reconcile } from "./reconcile.ts";
