import { type AdminScene, may } from "../admin_scene.ts";
import type { AdminOrder } from "../contract.ts";
import type { SentForm } from "../order_forms.ts";
import { AccountFields } from "./account_fields.tsx";
import { orderPath } from "./badges.tsx";
import { ConfirmAction, ReasonField } from "./forms.tsx";
import { WarnNotice } from "./notices.tsx";
import { RefundForm } from "./refund_form.tsx";

type OrderActionsProps = {
  readonly scene: AdminScene;
  readonly order: AdminOrder;
  readonly sent: SentForm | undefined;
  /** The link for the shopper, after the operator requested it. */
  readonly link: string | undefined;
};

/** The actions that the order's state and the operator's role allow. */
export const OrderActions = (props: OrderActionsProps) => {
  const { scene, order } = props;
  const { actions: words, frame } = scene.t;
  const { actions } = order;
  const path = orderPath(order.orderId);
  return (
    <section class="panel actions" aria-labelledby="actions-title">
      <h2 id="actions-title">{words.title}</h2>
      {!may(scene, "operate") && <p class="muted">{words.readOnly}</p>}
      {may(scene, "operate") && (
        <>
          {actions.canQueryToss && (
            <form method="post" action={`${path}/query`} class="row" data-once>
              <button class="button" aria-describedby="query-what">
                {words.query.button}
              </button>
              <p class="muted small" id="query-what">
                {words.query.what}
              </p>
              <WarnNotice text={props.sent?.form === "query" ? props.sent.refused : undefined} />
            </form>
          )}
          {actions.needsRefundAccount && <NameAccount {...props} />}
          {actions.canRefund && <RefundForm scene={scene} order={order} sent={props.sent} />}
          {actions.canCancel && <ReasonedAction {...props} form="cancel" />}
          {actions.canDismiss && <ReasonedAction {...props} form="dismiss" />}
        </>
      )}
      <ShopperLink {...props} />
      {actions.canErase && may(scene, "admin") && <ReasonedAction {...props} form="erase" />}
      {actions.canErase && may(scene, "operate") && !may(scene, "admin") && (
        <p class="muted small">
          {words.erase.open}: {frame.needsRole(frame.roles.admin)}
        </p>
      )}
    </section>
  );
};

const NameAccount = ({ scene, order, sent }: OrderActionsProps) => {
  const { account: words } = scene.t.actions;
  const mine = sent?.form === "account" ? sent : undefined;
  const isFaulty = (mine?.accountFaults?.length ?? 0) > 0;
  return (
    <div id="account">
      <ConfirmAction
        action={`${orderPath(order.orderId)}/account`}
        label={words.open}
        what={words.what}
        submit={words.submit}
        refused={mine && (mine.refused ?? (isFaulty ? invalid(scene) : undefined))}
      >
        <AccountFields
          scene={scene}
          prefix="account"
          form={mine?.account}
          faults={mine?.accountFaults ?? []}
        />
      </ConfirmAction>
    </div>
  );
};

type ReasonedProps = Pick<OrderActionsProps, "scene" | "order" | "sent"> & {
  readonly form: "cancel" | "dismiss" | "erase";
};

const ReasonedAction = ({ scene, order, sent, form }: ReasonedProps) => {
  const words = scene.t.actions[form];
  const mine = sent?.form === form ? sent : undefined;
  const error = mine?.isReasonFaulty ? scene.t.frame.reasonMissing : undefined;
  return (
    <ConfirmAction
      action={`${orderPath(order.orderId)}/${form}`}
      label={words.open}
      what={words.what}
      submit={words.submit}
      isDanger
      refused={mine && (mine.refused ?? invalid(scene))}
    >
      <ReasonField scene={scene} id={`${form}-reason`} value={mine?.reason} error={error} />
    </ConfirmAction>
  );
};

const ShopperLink = ({ scene, order, link }: OrderActionsProps) => {
  const { link: words } = scene.t.actions;
  const { frame } = scene.t;
  if (link === undefined)
    return (
      <div class="row">
        {may(scene, "operate") && (
          <a class="button" href={`${orderPath(order.orderId)}?show=link#link`}>
            {words.open}
          </a>
        )}
        <a
          class="button"
          href={`/admin/events/mails?${new URLSearchParams({ orderId: order.orderId }).toString()}`}
        >
          {scene.t.mails.ofThis}
        </a>
      </div>
    );
  return (
    <div class="link-box" id="link">
      <h3>{words.title}</h3>
      <p class="muted small">{words.what}</p>
      <p class="code selectable" id="shopper-link">
        {link}
      </p>
      <button
        type="button"
        class="button small js-only"
        data-copy="shopper-link"
        data-copied={frame.copied}
        data-copy-failed={frame.copyFailed}
      >
        <span aria-live="polite">{words.copy}</span>
      </button>
    </div>
  );
};

const invalid = ({ t }: AdminScene) => t.frame.refusals["invalid_request"];
