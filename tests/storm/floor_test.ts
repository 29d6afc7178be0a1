import { expect, test } from "bun:test";
import { floorViolations, triedLine, type Tried } from "./floor.ts";

const tried: Tried = {
  checkouts: 300,
  placed: 300,
  meantToPay: 240,
  paid: 236,
  refundsRequested: 60,
  refundsMade: 50,
  answersJudged: 500,
};

test("floorViolations() accepts a storm in which most actions succeeded", () => {
  expect(floorViolations(tried)).toEqual([]);
});

test.each([
  ["few orders were placed", { placed: 200 }],
  ["few shoppers took every step of a payment", { meantToPay: 100, paid: 100 }],
  ["32 of 300 were paid", { paid: 32 }],
  ["no refund was requested", { refundsRequested: 0, refundsMade: 0 }],
  ["few refunds were made", { refundsMade: 20 }],
  ["nothing was tried", { checkouts: 0, placed: 0, meantToPay: 0, paid: 0 }],
] as [string, Partial<Tried>][])("floorViolations() reports that %s", (_, change) => {
  expect(floorViolations({ ...tried, ...change })).not.toEqual([]);
});

test("triedLine() states how much was tried and how much succeeded", () => {
  expect(triedLine(tried)).toContain("236 of 240");
});
