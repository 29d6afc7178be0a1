import { expect, test } from "bun:test";
import { pgbenchLatencies } from "../rivals/database_rival.ts";
import { readWrk } from "./tools.ts";

test("readWrk() reads the rate, the p99 in any unit, and errors", () => {
  const summary = `Running 5s test @ http://localhost:8080/api/orders
  2 threads and 64 connections
  Latency Distribution
     50%    6.10ms
     99%    1.02s
  41010 requests in 5.00s, 20.10MB read
  Non-2xx or 3xx responses: 3
Requests/sec:   8202.13
Transfer/sec:      4.02MB
`;
  expect(readWrk(summary)).toEqual({ perSecond: 8202.13, p99: 1020, errors: 3 });
  expect(() => readWrk("unable to connect")).toThrow("wrk");
});

test("pgbenchLatencies() reads the third column of each line, in milliseconds", () => {
  const log = "0 1 2500 0 1764210000 120000\n1 1 800 0 1764210000 121000\n";
  expect(pgbenchLatencies(log)).toEqual([2.5, 0.8]);
});
