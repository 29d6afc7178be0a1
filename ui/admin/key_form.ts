import { isKoreanDay, type AppError } from "@payflow/shared";
import { type Role, roles } from "./contract.ts";

/** A new key as typed, and its invalid fields. */
export type SentKey = {
  readonly name: string;
  readonly role: Role | undefined;
  readonly expiresOn: string;
  readonly faults: readonly string[];
  readonly refused?: string;
};

export function readKey(body: Record<string, unknown>): SentKey {
  const text = (name: string) => {
    const value = body[name];
    return typeof value === "string" ? value.trim().slice(0, 200) : "";
  };
  const name = text("name");
  const role = roles.find((known) => known === text("role"));
  const expiresOn = text("expiresOn");
  const faults = [
    ...(name === "" || name.length > 60 ? ["name"] : []),
    ...(role === undefined ? ["role"] : []),
    ...(expiresOn === "" || isKoreanDay(expiresOn) ? [] : ["expiresOn"]),
  ];
  return { name, role, expiresOn, faults };
}

/** The form with the fields that the server refused. */
export function refusedKey(sent: SentKey, refusal: AppError, refused: string): SentKey {
  const paths = refusal.details.errors?.map(({ path }) => path) ?? [];
  const faults = refusal.code === "key_name_taken" ? ["name"] : paths;
  return { ...sent, faults, refused };
}
