import type { Command, CommandGroup, Option } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";

const month: Option = { value: "YYYY-MM", about: "In Korean time; default: this month" };

/** Commands about payments, the ledger and Toss's list. */
export function moneyCommands(context: Context): Record<string, Command | CommandGroup> {
  const topic = "Orders and money";
  const money = () => import("../money.ts");
  const reconciling = () => import("../reconcile.ts");
  return {
    money: {
      summary: "Show payments and refunds by day, from payment's ledger",
      topic,
      about: "`money` is short for money days, and `money --csv` for money month --csv.",
      otherwise: (words) => {
        if (!(words[0] ?? "--").startsWith("--")) return undefined;
        return words.includes("--csv") ? "month" : "days";
      },
      commands: {
        days: {
          summary: "Show payments and refunds of each day of a month",
          options: { month },
          fields: "day (the last row, all, is the sum), payments, captured, refunded, notKept, net",
          examples: [["--month 2026-10", "Each day of October"]],
          run: later(context, async () => (await money()).moneyDays),
        },
        month: {
          summary: "Show each movement of a month, or export them as CSV",
          options: { month, csv: { about: "Writes CSV for Excel: UTF-8, no cell is a formula" } },
          fields:
            "occurredAt, orderId, kind, amount, supplyValue, vat, taxFree, method, cardIssuer, cardNumber, installmentMonths, approvalNumber, transactionKey, paymentKey, receiptUrl",
          examples: [["--month 2026-10 --csv > 2026-10.csv", "Export October for accounting"]],
          run: later(context, async () => (await money()).moneyMonth),
        },
      },
    },
    payments: {
      summary: "Query Toss about a payment; dismiss what was resolved outside PayFlow",
      topic,
      commands: {
        query: {
          summary: "Have payment query Toss about an order now, and show the result",
          about:
            "Makes the status queries of all open confirms, refunds and deposits of the order due now, and waits up to 20 s for the payment service to make them.",
          words: [{ name: "ORDER", about: "The order's number (1127-K7P3) or its id" }],
          fields:
            "orderId, orderStatus, paymentStatus, paymentVersion, appliedVersion, heldAmount, attempts, refunds, open",
          examples: [["019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f", "Query the payment's state at Toss"]],
          run: later(context, async () => (await reconciling()).queryPayment),
        },
        dismiss: {
          summary: "End what was resolved outside PayFlow, such as a refund that you paid yourself",
          about: `Ends what reconcile lists as payout (the bank refused to pay a refund out, or PAID_TWICE: Toss has paid out what was dismissed), as recovery (Toss does not show the payment) and as money without an order (the goods were delivered, or it is another shop's). Moves no money. The reason is in the order's history or in the audit.

Safe to repeat: isDismissed is then false. An item is listed again when Toss reports something new, or when order still has a payment that Toss does not show.`,
          words: [{ name: "ORDER", about: "The order's number (1127-K7P3) or its id" }],
          options: { reason: { value: "TEXT", about: "How it was resolved", required: true } },
          fields: "orderId, isDismissed",
          examples: [
            ['1127-K7P3 --reason "paid by bank transfer on 11-27"', "End a refused payout"],
          ],
          run: later(context, async () => (await reconciling()).dismissPayment),
        },
      },
    },
    reconcile: {
      summary: "List open outcomes and differences from Toss's list; query or resolve them",
      topic,
      about: `Lists payments whose outcome is unknown or that need manual review, and differences between Toss's list and the ledger. With an order, it is short for payments query.

--day compares one day (Korean time) with Toss's list again and shows the differences; a job does so each night for the day before. --resolve marks a difference of that day as resolved, with a reason.`,
      words: [
        {
          name: "ORDER|PAYMENT_KEY",
          about: "An order's number or id; with --resolve a paymentKey",
          optional: true,
        },
      ],
      options: {
        day: { value: "YYYY-MM-DD", about: "Compares this day with Toss's list again" },
        resolve: {
          value: "REASON",
          about: "Marks the difference of this paymentKey as resolved, with this reason",
        },
      },
      fields:
        "A list of orderId, paymentStatus, kind, key, status, lastResponse, queries, nextQueryAt, waitsFor; with --day: day, matched, differences (a list of the same fields)",
      examples: [
        ["", "List everything that is open"],
        ["--day 2026-11-25", "Compare a day again"],
        ['--day 2026-11-25 --resolve "paid twice in cash" tviva20261125…', "Resolve one"],
      ],
      run: later(context, async () => (await reconciling()).reconcile),
    },
    erase: {
      summary: "Remove a customer's name and e-mail address from all their orders",
      topic,
      about: `The law requires paid orders to be kept for five years: they are listed and not erased, unless --include-paid. Prompts, unless --yes.

Calls the shop's API at PUBLIC_URL with PAYFLOW_API_KEY, else MERCHANT_API_KEY, else the key of the stack on this machine.`,
      words: [{ name: "EMAIL" }],
      options: {
        "include-paid": { about: "Also erases orders that must be kept by law" },
        yes: { about: "Skips the prompt, for scripts" },
      },
      fields: "orderId, name (erased, or kept by law), until",
      examples: [["kim@example.com", "Erase, and list orders kept by law with their dates"]],
      run: later(context, async () => (await import("../erase.ts")).erase),
    },
  };
}
