import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { isRoot } from "../servers/postgres_user.ts";
import { listeners, portOwner } from "./port_owner.ts";
import { isPortTaken, portRefusal } from "./free_port.ts";

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41001 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 41002 1 0 20 4 30 10 -1
   2: 0100007F:2382 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 41003 1 0 100 0 0 10 0
`;

test("listeners() finds sockets that listen on the port, not connected ones", () => {
  expect(listeners(table, 8080)).toEqual(["41001"]);
  expect(listeners(table, 80)).toEqual([]);
});

test("portOwner() returns the program and its pid", () => {
  const socket = { data() {} };
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket });
  try {
    expect(isPortTaken(server.port)).toBe(true);
    expect(portOwner(server.port)).toContain(`(pid ${process.pid})`);
  } finally {
    server.stop(true);
  }
  expect(isPortTaken(server.port)).toBe(false);
});

/** Containers often have no privileged ports. */
const keepsPorts =
  process.platform === "linux" &&
  isRoot() &&
  Number(readFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start", "utf8")) > 1;

test.if(keepsPorts)("portRefusal() distinguishes a privileged port from a port in use", () => {
  process.seteuid?.(65_534);
  try {
    expect(portRefusal(1)).toBe("EACCES");
  } finally {
    process.seteuid?.(0);
  }
});
