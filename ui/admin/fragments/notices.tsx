import type { AppError } from "@payflow/shared";
import { Icon } from "../../fragments/icon.tsx";
import type { AdminScene } from "../admin_scene.ts";

/** Something went as it should; `isOpen`: and its outcome is yet to come. */
export const DoneNotice = ({ text, isOpen }: { text: string | undefined; isOpen?: boolean }) =>
  text === undefined ? (
    <></>
  ) : (
    <p class={isOpen ? "notice" : "notice good"} role="status">
      <Icon name={isOpen ? "clock" : "check"} />
      <span>{text}</span>
    </p>
  );

/** Something did not, or something is missing on this page. */
export const WarnNotice = ({ text, id }: { text: string | undefined; id?: string }) =>
  text === undefined ? (
    <></>
  ) : (
    <p class="notice warn" role="alert" id={id}>
      <Icon name="alert" />
      <span>{text}</span>
    </p>
  );

/** A refusal as a sentence, with what Toss gave as its reason. */
export function refusalText(scene: Pick<AdminScene, "t">, { code, details }: AppError): string {
  const sentence = refusedText(scene, code);
  const said = details.extensions?.["providerMessage"];
  return typeof said === "string" ? `${sentence} ${scene.t.frame.tossSaid(said)}` : sentence;
}

/** The sentence for a code alone. */
export function refusedText({ t }: Pick<AdminScene, "t">, code: string): string {
  const { refusals, refusedOther } = t.frame;
  const known = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  return known ?? refusedOther(code.slice(0, 60));
}
