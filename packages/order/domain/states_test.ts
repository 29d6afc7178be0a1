import { expect, test } from "bun:test";
import { generatedPart, markdownTable } from "@payflow/local-stack/testing";
import { after, placed, snapshots } from "../testing/given.ts";

test("docs/states.md shows what an order does in every state with every result of its payment", async () => {
  const names = Object.keys(snapshots) as (keyof typeof snapshots)[];
  const label = (name: keyof typeof snapshots) => {
    const { status, failure, refundedAmount } = snapshots[name];
    return `${status}${failure ? " (declined)" : ""}${refundedAmount > 0 ? ` (${refundedAmount} of 1000 refunded)` : ""}`;
  };
  const states = [
    placed(),
    ...names.slice(3).map((name) => after(placed(), snapshots[name]).state),
  ];
  const rows = names.map((name) => [
    label(name),
    ...states.map((state) => {
      const change = after(state, snapshots[name]);
      const events = change.events.map((event) => `, \`${event.eventType}\``).join("");
      return (change.state.status === state.status ? "stays" : change.state.status) + events;
    }),
  ]);
  const content = markdownTable(["payment status", ...states.map((state) => state.status)], rows);
  expect(await generatedPart({ document: "states.md", name: "order", content })).toBe(content);
});
