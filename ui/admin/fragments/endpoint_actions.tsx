import { type AdminScene, may } from "../admin_scene.ts";
import type { EndpointRow } from "../contract.ts";
import type { SentEndpoint } from "../endpoint_form.ts";
import { EndpointFields } from "./endpoint_fields.tsx";
import { ConfirmAction } from "./forms.tsx";

type EndpointActionsProps = {
  readonly scene: AdminScene;
  readonly endpoint: EndpointRow;
  readonly path: string;
  readonly sent: SentEndpoint | undefined;
};

/** Numbers of hours whose events can be resent. */
export const periods = ["1", "24", "168", "720"] as const;

/** Actions on an endpoint: a resend needs the role operate, the others admin. */
export const EndpointActions = ({ scene, endpoint, path, sent }: EndpointActionsProps) => {
  const { endpoints: words, actions, frame } = scene.t;
  const isOn = endpoint.disabledAt === null;
  return (
    <section class="panel actions" aria-labelledby="actions-title">
      <h2 id="actions-title">{actions.title}</h2>
      <ConfirmAction
        action={`${path}/resend`}
        label={words.resendSince}
        what={words.resendSinceWhat}
        submit={words.resendSinceSubmit}
      >
        <fieldset class="field extent">
          <legend>{words.period}</legend>
          {periods.map((hours) => (
            <label>
              <input type="radio" name="hours" value={hours} checked={hours === "24"} />
              <span>{words.periods[hours]}</span>
            </label>
          ))}
          <label>
            <input type="checkbox" name="undelivered" checked />
            <span>{words.undeliveredOnly}</span>
          </label>
        </fieldset>
      </ConfirmAction>
      {may(scene, "admin") && (
        <>
          <ConfirmAction
            action={path}
            label={words.change}
            what={words.changeWhat}
            submit={words.changeSubmit}
            refused={sent && (sent.refused ?? frame.refusals["invalid_request"])}
          >
            <EndpointFields scene={scene} value={sent ?? endpoint} faults={sent?.faults ?? []} />
          </ConfirmAction>
          <ConfirmAction
            action={`${path}/rotate`}
            label={words.rotate}
            what={words.rotateWhat}
            submit={words.rotateSubmit}
          />
          <ConfirmAction
            action={`${path}/${isOn ? "off" : "on"}`}
            label={isOn ? words.turnOff : words.turnOn}
            what={isOn ? words.turnOffWhat : words.turnOnWhat}
            submit={isOn ? words.turnOffSubmit : words.turnOnSubmit}
          />
          <ConfirmAction
            action={`${path}/remove`}
            label={words.remove}
            what={words.removeWhat}
            submit={words.removeSubmit}
            isDanger
          />
        </>
      )}
    </section>
  );
};
