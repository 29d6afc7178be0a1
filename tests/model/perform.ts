// Executes a command in the world.
import type { Command } from "./command.ts";
import { bringWebhook, takeMessage } from "./mail.ts";
import {
  cancel,
  confirm,
  nameAccount,
  orderAmount,
  orderTaxFree,
  orderJobs,
  place,
  refund,
} from "./order_service.ts";
import { send } from "./payment_deps.ts";
import { dismiss, paymentJobs } from "./payment_jobs.ts";
import type { Until, Where } from "./scheduler.ts";
import { refundReason, type World } from "./world.ts";

/** The tab that opens the window sends the tax-free amount; tab 1 sends a wrong one. */
const taxFreeIn = ({ tab }: { readonly tab: number }) => (tab === 1 ? 0 : orderTaxFree);

export async function perform(world: World, command: Command): Promise<void> {
  const { scheduler, toss } = world;
  const go = async (where: Where | undefined, until: Until) => {
    if (where) await scheduler.go(where.flow, until);
  };
  switch (command.do) {
    case "place":
      return await go(
        world.start(command.at, (where) => place(world, where, command.order)),
        command.until,
      );
    case "open": {
      const orderId = orderIn(world, command.order);
      if (orderId === undefined) return;
      const paymentKey = keyOf(orderId, command.tab);
      toss.open({ ...command, orderId, paymentKey, taxFreeAmount: taxFreeIn(command) });
      return;
    }
    case "pay": {
      const orderId = orderIn(world, command.order);
      if (orderId === undefined) return;
      const paymentKey = keyOf(orderId, command.tab);
      toss.open({
        ...command,
        orderId,
        paymentKey,
        amount: orderAmount,
        taxFreeAmount: taxFreeIn(command),
        takesAnyAmount: false,
        isAuthenticated: true,
      });
      const { amount } = command;
      return await go(
        world.start(command.at, (where) =>
          confirm(world, where, { paymentKey, orderId, amount, route: command }),
        ),
        command.until,
      );
    }
    case "cancel":
    case "name account": {
      const orderId = orderIn(world, command.order);
      if (orderId === undefined) return;
      return await go(
        world.start(command.at, (where) =>
          (command.do === "cancel" ? cancel : nameAccount)(world, where, {
            orderId,
            route: command,
          }),
        ),
        command.until,
      );
    }
    case "refund": {
      const orderId = orderIn(world, command.order);
      if (orderId === undefined) return;
      const { key, amount, taxFree: taxFreeAmount, hasAccount } = command;
      const account = hasAccount
        ? { bank: "20", accountNumber: `10${key}`, holderName: "김토스" }
        : undefined;
      const request = {
        orderId,
        key: `refund-${key}`,
        requestHash: `${amount} ${taxFreeAmount}`,
        reason: refundReason,
        amount,
        taxFreeAmount,
        account,
      };
      return await go(
        world.start(command.at, (where) => refund(world, where, { request, route: command })),
        command.until,
      );
    }
    case "deposit":
    case "revert": {
      const paymentKey = keyOf(orderIn(world, command.order) ?? "", command.tab);
      const sentBefore = world.sentWebhooks.length;
      if (command.do === "deposit") toss.deposit(paymentKey);
      else toss.revertDeposit(paymentKey);
      if (!command.hasWebhook && world.hasSweeps) world.sentWebhooks.splice(sentBefore);
      return;
    }
    case "payout":
      return toss.payOut(keyOf(orderIn(world, command.order) ?? "", command.tab), command.payout);
    case "dismiss": {
      const orderId = orderIn(world, command.order);
      if (orderId === undefined) return;
      return await go(
        world.start(command.at, (where) => dismiss(world, where, orderId)),
        command.until,
      );
    }
    case "console refund": {
      const paymentKey = keyOf(orderIn(world, command.order) ?? "", command.tab);
      const { amount } = command;
      const account = { accountNumber: "console" };
      const sentBefore = world.sentWebhooks.length;
      toss.cancel({
        paymentKey,
        reason: refundReason,
        idempotencyKey: world.clock.newId(),
        account,
        ...(amount === undefined ? {} : { amount }),
      });
      if (!command.hasWebhook && world.hasSweeps) world.sentWebhooks.splice(sentBefore);
      return;
    }
    case "go on":
      return await scheduler.go(scheduler.waiting(command.who), command.until);
    case "wait":
      return await scheduler.advance(command.seconds * 1000);
    case "outage":
      return await outage(world, command.seconds * 1000);
    case "publish":
      return (command.from === "order" ? world.orderTopic : world.paymentTopic).publish(command);
    case "take":
      return await go(takeMessage(world, command), command.until);
    case "wipe Kafka":
      if (!world.hasSweeps) return;
      for (const topic of [world.orderTopic, world.paymentTopic]) {
        topic.publish({ isMarked: true });
        topic.wipe();
      }
      return;
    case "webhook":
      return bringWebhook(world, command.pick, command.how);
    case "work":
      return await go(
        world.work(command.at, command.job, (where) => paymentJobs[command.job](world, where)),
        command.until,
      );
    case "sweep":
      return await go(
        world.work(command.at, command.job, (where) => orderJobs[command.job](world, where)),
        command.until,
      );
    case "crash":
      return scheduler.crash(command.at);
    case "straggler": {
      const [call] = world.stragglers.splice(command.pick % world.stragglers.length, 1);
      if (call && command.arrives) send(world, call);
      return;
    }
    default:
      return command satisfies never;
  }
}

/** Reconciler runs of each payment process during an outage. */
const roundsOfOutage = 12;

async function outage(world: World, ms: number): Promise<void> {
  const { scheduler } = world;
  world.isTossAway = true;
  for (let round = 0; round < roundsOfOutage; round++) {
    for (const at of ["payment-0", "payment-1"] as const)
      world.work(at, "reconciler", (where) => paymentJobs.reconciler(world, where));
    await scheduler.drain();
    await scheduler.advance(Math.round(ms / roundsOfOutage));
  }
  world.isTossAway = false;
}

function orderIn({ orders }: World, slot: number): string | undefined {
  return orders.claims.get(`shopper ${slot}`)?.orderId;
}

function keyOf(orderId: string, tab: number): string {
  return `tviva-${orderId.slice(-6)}-${tab}`;
}
