import type { AppError } from "@payflow/shared";
import { Icon } from "../../fragments/icon.tsx";
import type { AdminScene } from "../admin_scene.ts";

/** A success; `isOpen`: accepted, and the outcome is not known yet. */
export const DoneNotice = ({ text, isOpen }: { text: string | undefined; isOpen?: boolean }) =>
  text === undefined ? (
    <></>
  ) : (
    <p class={isOpen ? "notice" : "notice good"} role="status">
      <Icon name={isOpen ? "clock" : "check"} />
      <span>{text}</span>
    </p>
  );

/** A failure, or a part that is missing on this page. */
export const WarnNotice = ({ text, id }: { text: string | undefined; id?: string }) =>
  text === undefined ? (
    <></>
  ) : (
    <p class="notice warn" role="alert" id={id}>
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  );

/** The message for a refusal, with Toss's reason. */
export function refusalText(scene: Pick<AdminScene, "t">, { code, details }: AppError): string {
  const sentence = refusedText(scene, code);
  const message = details.extensions?.["providerMessage"];
  return typeof message === "string" ? `${sentence} ${scene.t.frame.fromToss(message)}` : sentence;
}

/** The message for a code without Toss's reason. */
export function refusedText({ t }: Pick<AdminScene, "t">, code: string): string {
  const { refusals, refusedOther } = t.frame;
  const known = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  return known ?? refusedOther(code.slice(0, 60));
}
