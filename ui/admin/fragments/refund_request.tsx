import { wonText } from "../../money_text.ts";
import { type AdminScene, may } from "../admin_scene.ts";
import { whenText } from "../admin_time.ts";
import type { AdminOrder } from "../contract.ts";
import { needsRefundAccount, type SentForm } from "../order_forms.ts";
import { AccountFields } from "./account_fields.tsx";
import { orderPath, Tag, type Tone } from "./badges.tsx";
import { ConfirmAction, reasonMax, TextField } from "./forms.tsx";

type RefundRequestProps = {
  readonly scene: AdminScene;
  readonly order: AdminOrder;
  readonly sent: SentForm | undefined;
};

/** The shopper's refund request, with the actions to grant or decline it. */
export const RefundRequest = (props: RefundRequestProps) => {
  const { scene, order } = props;
  const { refundRequest: request } = order;
  if (!request) return <></>;
  const { request: words } = scene.t.actions;
  const shopper = scene.shopper.refundRequest;
  const isOpen = request.status === "requested" || request.status === "granting";
  return (
    <section class="panel actions" id="request" aria-labelledby="request-title">
      <h2 id="request-title">
        {words.title} <Tag tone={tones[request.status]}>{words.states[request.status]}</Tag>
      </h2>
      <dl class="pairs">
        <div>
          <dt>{shopper.kind}</dt>
          <dd>{shopper.kinds[request.kind]}</dd>
        </div>
        {request.text !== "" && (
          <div>
            <dt>{words.text}</dt>
            <dd>{request.text}</dd>
          </div>
        )}
        <div>
          <dt>{shopper.requestedAt}</dt>
          <dd>
            <time datetime={request.requestedAt}>{whenText(request.requestedAt, scene)}</time>
          </dd>
        </div>
        {request.answer !== null && (
          <div>
            <dt>{words.answer}</dt>
            <dd>{request.answer}</dd>
          </div>
        )}
      </dl>
      {isOpen && may(scene, "operate") && <Grant {...props} />}
      {request.status === "requested" && may(scene, "operate") && <Decline {...props} />}
    </section>
  );
};

const tones: Readonly<Record<NonNullable<AdminOrder["refundRequest"]>["status"], Tone>> = {
  requested: "wait",
  granting: "wait",
  granted: "good",
  declined: "quiet",
  withdrawn: "quiet",
};

const Grant = ({ scene, order, sent }: RefundRequestProps) => {
  const { request: words, refund } = scene.t.actions;
  const mine = sent?.form === "grant" ? sent : undefined;
  const { refundable } = order.actions;
  const sum = wonText(refundable, scene.language);
  return (
    <ConfirmAction
      action={`${orderPath(order.orderId)}/request/grant`}
      label={words.grant}
      what={words.grantWhat}
      submit={words.grantSubmit}
      hidden={{ request: order.refundRequest?.requestedAt ?? "" }}
      isDanger
      refused={mine && (mine.refused ?? scene.t.frame.refusals["invalid_request"])}
    >
      {order.refundRequest?.status === "requested" && (
        <TextField
          id="grant-amount"
          name="amount"
          label={refund.amount}
          value={mine?.part ?? String(refundable)}
          hint={refund.left(sum)}
          error={mine?.isPartFaulty ? refund.amountWrong(sum) : undefined}
          input={{ inputmode: "numeric", autocomplete: "off", maxlength: 20 }}
        />
      )}
      {needsRefundAccount(order) && (
        <AccountFields
          scene={scene}
          prefix="grant"
          form={mine?.account}
          faults={mine?.accountFaults ?? []}
        />
      )}
      <TextField
        id="grant-answer"
        name="reason"
        label={words.answerOptional}
        value={mine?.reason}
        hint={words.answerHint}
        error={mine?.isReasonFaulty ? words.answerWrong : undefined}
        input={{ maxlength: reasonMax, autocomplete: "off" }}
      />
    </ConfirmAction>
  );
};

const Decline = ({ scene, order, sent }: RefundRequestProps) => {
  const { request: words } = scene.t.actions;
  const mine = sent?.form === "decline" ? sent : undefined;
  return (
    <ConfirmAction
      action={`${orderPath(order.orderId)}/request/decline`}
      label={words.decline}
      what={words.declineWhat}
      submit={words.declineSubmit}
      hidden={{ request: order.refundRequest?.requestedAt ?? "" }}
      refused={mine && (mine.refused ?? scene.t.frame.refusals["invalid_request"])}
    >
      <TextField
        id="decline-answer"
        name="reason"
        label={words.answer}
        value={mine?.reason}
        hint={words.answerHint}
        error={mine?.isReasonFaulty ? words.answerWrong : undefined}
        input={{ required: true, maxlength: reasonMax, autocomplete: "off" }}
      />
    </ConfirmAction>
  );
};
