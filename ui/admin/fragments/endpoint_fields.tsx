import { orderEventTypes } from "@payflow/shared";
import type { AdminScene } from "../admin_scene.ts";
import type { EndpointInput } from "../contract.ts";
import type { SentEndpoint } from "../endpoint_form.ts";
import { TextField } from "./forms.tsx";

type EndpointFieldsProps = {
  readonly scene: AdminScene;
  /** The stored or the typed values. */
  readonly value: Partial<EndpointInput> | undefined;
  readonly faults: SentEndpoint["faults"];
};

export const EndpointFields = ({ scene, value, faults }: EndpointFieldsProps) => {
  const { endpoints: words } = scene.t;
  const error = (field: string, text: string) => (faults.includes(field) ? text : undefined);
  return (
    <>
      <TextField
        id="endpoint-url"
        name="url"
        label={words.url}
        value={value?.url}
        error={error("url", words.urlWrong)}
        hint={words.urlHint}
        input={{ type: "url", maxlength: 2_048, autocomplete: "off", required: true }}
      />
      <TextField
        id="endpoint-description"
        name="description"
        label={words.description}
        value={value?.description}
        error={error("description", words.descriptionWrong)}
        input={{ maxlength: 200, autocomplete: "off" }}
      />
      <fieldset class="field extent" aria-describedby="endpoint-events-hint">
        <legend>{words.events}</legend>
        {orderEventTypes.map((type) => (
          <label>
            <input
              type="checkbox"
              name={type}
              checked={value?.eventTypes?.includes(type) ?? false}
            />
            <span>
              <b>{words.eventTypes[type]}</b> <span class="muted small code">{type}</span>
            </span>
          </label>
        ))}
        <p class="hint" id="endpoint-events-hint">
          {words.eventsHint}
        </p>
      </fieldset>
    </>
  );
};
