import { fragmentUrl, type Scene } from "../scene.ts";

export type Return = {
  readonly paymentKey: string;
  readonly orderId: string;
  readonly amount: string;
};

type ConfirmFormProps = {
  readonly scene: Scene;
  readonly back: Return;
  /** Number of confirms that this page has sent. */
  readonly sent: number;
  readonly delaySeconds: number;
};

/**
 * The page sends the confirm as a POST by itself, because a prefetch of its URL must not charge. Browsers without
 * JavaScript need the button; others show it late, when scripts failed to load or the next retry is far off.
 */
export const ConfirmForm = ({ scene, back, sent, delaySeconds }: ConfirmFormProps) => (
  <form
    id="confirm"
    class="confirm"
    method="post"
    action="/success"
    hx-post={fragmentUrl(scene, "/success")}
    hx-trigger={`load${delaySeconds > 0 ? ` delay:${delaySeconds}s` : ""}, again, submit`}
    hx-swap="outerHTML"
    hx-sync="this:drop"
    hx-disable="find button"
  >
    <input type="hidden" name="paymentKey" value={back.paymentKey} />
    <input type="hidden" name="orderId" value={back.orderId} />
    <input type="hidden" name="amount" value={back.amount} />
    <input type="hidden" name="sent" value={String(sent)} />
    <p class="late">
      <span class="js-only">{scene.t.states.confirming.stuck}</span>
      <noscript>{scene.t.states.confirming.noScript}</noscript>
      <button class="secondary">{scene.t.states.confirming.button}</button>
    </p>
  </form>
);
