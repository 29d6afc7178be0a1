/** Commands for whoever runs PayFlow: the outbox, dead letters, payments that need a look. */
export { deadLetters, deadLettersCommand } from "./dead_letters.ts";
export { moneyAsCsv, moneyByDay, moneyCommand } from "./money.ts";
export { diagnose, type Patient } from "./doctor.ts";
export { asLines, doctorCommand } from "./doctor/command.ts";
export type { Finding } from "./doctor/finding.ts";
export { outbox, outboxCommand } from "./outbox.ts";
export { reconcile, reconcileCommand } from "./reconcile.ts";
