import type { Scene } from "../scene.ts";
import { FieldError, describedBy } from "./field.tsx";
import { MethodMark } from "./method_mark.tsx";

type MethodChoiceProps = {
  readonly scene: Scene;
  readonly chosen: string;
  readonly error?: string | undefined;
};

/** The payment methods on offer as radio buttons named `method`. */
export const MethodChoice = ({ scene, chosen, error }: MethodChoiceProps) => (
  <fieldset class="methods" aria-describedby={describedBy("method", error)}>
    <legend>{scene.t.shop.method}</legend>
    <div class="method-grid">
      {scene.deps.paymentMethods.map((method) => (
        <label class="method">
          <input type="radio" name="method" value={method} checked={method === chosen} required />
          <MethodMark method={method} />
          <span>{scene.t.methods[method]}</span>
        </label>
      ))}
    </div>
    <FieldError field="method" error={error} />
  </fieldset>
);
