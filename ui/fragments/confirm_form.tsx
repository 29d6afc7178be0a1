import { pieceOf, type Scene } from "../scene.ts";

export type Return = {
  readonly paymentKey: string;
  readonly orderId: string;
  readonly amount: string;
};

type ConfirmFormProps = {
  readonly scene: Scene;
  readonly back: Return;
  /** How often the page has asked already. */
  readonly asked: number;
  readonly delaySeconds: number;
};

/**
 * Asks for the approval by a POST of its own accord, so that prefetchers of the address charge nobody; the button is
 * for browsers without JavaScript, and shows late to others: when scripts did not come, or the next try is long off.
 */
export const ConfirmForm = ({ scene, back, asked, delaySeconds }: ConfirmFormProps) => (
  <form
    id="confirm"
    class="confirm"
    method="post"
    action="/success"
    hx-post={pieceOf(scene, "/success")}
    hx-trigger={`load${delaySeconds > 0 ? ` delay:${delaySeconds}s` : ""}, again, submit`}
    hx-swap="outerHTML"
    hx-sync="this:drop"
    hx-disable="find button"
  >
    <input type="hidden" name="paymentKey" value={back.paymentKey} />
    <input type="hidden" name="orderId" value={back.orderId} />
    <input type="hidden" name="amount" value={back.amount} />
    <input type="hidden" name="asked" value={String(asked)} />
    <p class="late">
      <span class="js-only">{scene.t.states.confirming.stuck}</span>
      <noscript>{scene.t.states.confirming.noScript}</noscript>
      <button class="secondary">{scene.t.states.confirming.button}</button>
    </p>
  </form>
);
