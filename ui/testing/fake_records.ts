import { AppError } from "@payflow/shared";
import type { AdminEvents, AdminMoney, AdminSessions, Listed, Operator } from "../mod.ts";
import { minutesAgo } from "./sample_admin.ts";
import type { SampleRecords } from "./sample_records.ts";

export type RecordHands = {
  readonly records: SampleRecords;
  /** Records a change. Throws AppError `role_too_weak`, and the fake's `refusal` when it is set. */
  change(role: Operator["role"], ...what: unknown[]): void;
  /** Throws the fake's `failure` when it is set. */
  read(): void;
};

type RecordFunctions = AdminMoney & AdminEvents & Omit<AdminSessions, "signIn" | "signOut">;

/** Money, events, keys and sessions in memory. */
export function recordFunctions({ records, change, read }: RecordHands): RecordFunctions {
  const listed = <Row>(rows: readonly Row[]): Listed<Row> => {
    read();
    return { rows, next: null };
  };
  const letter = (part: string, id: string) => {
    const found = records.letters.find((row) => row.part === part && row.id === id);
    if (!found) throw new AppError("not_found", "dead_letter_not_found", "No such letter");
    return found;
  };
  const isOpen = (row: SampleRecords["letters"][number]) => !row.replayedAt && !row.discardedAt;
  return {
    async readMonth(month) {
      read();
      if (month === records.month.month) return records.month;
      const totals = { captured: 0, refunded: 0, returned: 0, net: 0, captures: 0 };
      return { month, days: [], totals, declines: { tries: 0, declined: 0, reasons: [] } };
    },
    async *exportMonth(month, language) {
      read();
      yield `\uFEFF${language === "ko" ? "일시" : "time"}\r\n${month}\r\n`;
    },
    async findReconciliation(day) {
      read();
      return records.reconciliation?.day === day ? records.reconciliation : null;
    },
    async requestReconciliation(day) {
      change("operate", "requestReconciliation", day);
    },
    async resolveException({ paymentKey, reason }) {
      change("operate", "resolveException", paymentKey, reason);
      if (!records.reconciliation) return;
      records.reconciliation = {
        ...records.reconciliation,
        exceptions: records.reconciliation.exceptions.map((row) =>
          row.paymentKey === paymentKey ? { ...row, reason, resolvedAt: minutesAgo(0) } : row,
        ),
      };
    },
    async resolveExceptions({ kind, reason }) {
      change("operate", "resolveExceptions", kind, reason);
      const { exceptions = [] } = records.reconciliation ?? {};
      const open = exceptions.filter((row) => row.kind === kind && row.resolvedAt === null);
      const resolvedAt = minutesAgo(0);
      for (const row of open) Object.assign(row, { reason, resolvedAt });
      return open.length;
    },
    async readOutbox() {
      read();
      return records.outbox;
    },
    async readTopics() {
      read();
      return records.topics;
    },
    async listMessages(topic, { key }) {
      if (!records.topics.some((row) => row.topic === topic))
        throw new AppError("not_found", "topic_not_found", "No such topic");
      return listed(records.messages.filter((row) => key === undefined || row.key === key));
    },
    async listDeadLetters({ state, q }) {
      return listed(
        records.letters.filter(
          (row) =>
            (state === "all" || isOpen(row)) &&
            (q === undefined || row.error.includes(q) || row.key === q),
        ),
      );
    },
    async findDeadLetter(part, id) {
      return records.letters.find((row) => row.part === part && row.id === id);
    },
    async replayDeadLetter(part, id) {
      const found = letter(part, id);
      change("operate", "replayDeadLetter", part, id);
      Object.assign(found, { replayedAt: minutesAgo(0) });
    },
    async replayCause(part, error) {
      change("operate", "replayCause", part, error);
      const rows = records.letters.filter((row) => row.part === part && row.error === error);
      return rows.filter(isOpen).length;
    },
    async discardDeadLetter(part, id, reason) {
      const found = letter(part, id);
      change("operate", "discardDeadLetter", part, id, reason);
      Object.assign(found, { discardedAt: minutesAgo(0) });
    },
    async listWebhooks({ state, orderId }) {
      const isWanted = (row: SampleRecords["webhooks"][number]) =>
        state === undefined ||
        (state === "unknown" ? row.isUnknown : row.handledAt === null && !row.isUnknown);
      return listed(
        records.webhooks.filter(
          (row) => isWanted(row) && (orderId === undefined || row.orderId === orderId),
        ),
      );
    },
    findWebhook: async (id) => records.webhooks.find((row) => row.id === id),
    listSessions: async () => listed(records.sessions),
    async endSession(sessionId) {
      change("admin", "endSession", sessionId);
    },
    listKeys: async () => listed(records.keys),
    async createKey({ name, role, expiresOn }) {
      if (records.keys.some((row) => row.name === name))
        throw new AppError("conflict", "key_name_taken", "Taken");
      change("admin", "createKey", name, role, expiresOn);
      const made = { ...records.keys[1]!, keyId: "k9", name, role };
      return { key: "pf_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG", made };
    },
    async revokeKey(keyId) {
      change("admin", "revokeKey", keyId);
    },
    listAudit: async () => listed(records.audit),
  };
}
