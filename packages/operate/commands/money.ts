import type { Command, CommandGroup, Option } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";

const month: Option = { value: "YYYY-MM", about: "In Korean time; this month unless given" };

/** Commands about payments, the ledger and Toss's list. */
export function moneyCommands(context: Context): Record<string, Command | CommandGroup> {
  const topic = "Orders and money";
  const money = () => import("../money.ts");
  const reconciling = () => import("../reconcile.ts");
  return {
    money: {
      summary: "What came and what went back, by day, from payment's ledger",
      topic,
      about: "money alone is money days; money --csv is money month --csv.",
      otherwise: (words) => {
        if (!(words[0] ?? "--").startsWith("--")) return undefined;
        return words.includes("--csv") ? "month" : "days";
      },
      commands: {
        days: {
          summary: "Show what came and what went back on each day of a month",
          options: { month },
          fields: "day (the last is the sum: all), payments, captured, refunded, notKept, net",
          examples: [["--month 2026-10", "Each day of October"]],
          run: later(context, async () => (await money()).moneyDays),
        },
        month: {
          summary: "Show each movement of a month, or write them for a spreadsheet",
          options: { month, csv: { about: "Writes CSV that Excel opens: UTF-8, no formulas" } },
          fields:
            "occurredAt, orderId, kind, amount, supplyValue, vat, taxFree, method, cardIssuer, cardNumber, installmentMonths, approvalNumber, transactionKey, paymentKey, receiptUrl",
          examples: [["--month 2026-10 --csv > 2026-10.csv", "October for the accounts"]],
          run: later(context, async () => (await money()).moneyMonth),
        },
      },
    },
    payments: {
      summary: "Query Toss about a payment now",
      topic,
      commands: {
        query: {
          summary: "Have payment query Toss about an order now, and show the result",
          about:
            "Makes everything due at once that Toss may have news of: open confirms, refunds and deposits. Waits up to 20 s for the running payment service.",
          words: [{ name: "ORDER", about: "The order's number (1127-K7P3) or its id" }],
          fields:
            "orderId, orderStatus, paymentStatus, paymentVersion, appliedVersion, heldAmount, attempts, refunds, open",
          aliases: ["ask"],
          examples: [["019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f", "How does it stand at Toss?"]],
          run: later(context, async () => (await reconciling()).queryPayment),
        },
      },
    },
    reconcile: {
      summary: "List open outcomes and differences from Toss's list; query or resolve them",
      topic,
      about: `Lists the payments whose outcome is open or that need manual review, and where Toss's list and the ledger differ. With an order it is payments query.

--day compares a day, in Korean time, with Toss's list again and shows what differs; each night it is done for the day before. --resolve marks a difference of that day as resolved, with a reason.`,
      words: [
        {
          name: "ORDER|PAYMENT_KEY",
          about: "An order's number or id; with --resolve a paymentKey",
          optional: true,
        },
      ],
      options: {
        day: { value: "YYYY-MM-DD", about: "Compares this day with Toss's list" },
        resolve: {
          value: "REASON",
          about: "Marks the difference of this paymentKey as resolved, with this reason",
        },
      },
      fields:
        "A list of orderId, paymentStatus, kind, key, status, lastResponse, queries, nextQueryAt, waitsFor; with --day: day, matched, differences (such a list)",
      examples: [
        ["", "What is open?"],
        ["--day 2026-11-25", "Compare a day again"],
        ['--day 2026-11-25 --resolve "paid twice in cash" tviva20261125…', "Resolve one"],
      ],
      run: later(context, async () => (await reconciling()).reconcile),
    },
    erase: {
      summary: "Remove a customer's name and e-mail address from all their orders",
      topic,
      about: `Paid orders must be kept for five years by law and are listed; --include-paid erases those too. Prompts, or takes --yes.

Calls the shop's API at PUBLIC_URL with PAYFLOW_API_KEY, else MERCHANT_API_KEY, else the key of the stack on this machine.`,
      words: [{ name: "EMAIL" }],
      options: {
        "include-paid": { about: "Also orders that must be kept by law" },
        yes: { about: "Skips the prompt, for scripts" },
      },
      fields: "orderId, name (erased, or kept by law), until",
      examples: [["kim@example.com", "What is kept, and until when?"]],
      run: later(context, async () => (await import("../erase.ts")).erase),
    },
  };
}
