import { expect, test } from "bun:test";
import { runnersAbove } from "./runners.ts";

/** From the program up: pid 100, its parent 101 … */
function above(...commands: string[]): number[] {
  return runnersAbove(100, {
    parentOf: (pid) => (pid - 100 < commands.length ? pid + 1 : 1),
    commandLine: (pid) => commands[pid - 101],
  });
}

test("runnersAbove() includes npx and the shells in between, but not the user's shell", () => {
  const chain = ["bun start", "sh -c bun start", "npm exec bun@1.4.5 start", "-bash", "sshd"];
  expect(above(...chain)).toEqual([101, 102, 103]);
});

test("runnersAbove() recognizes npx run by node", () => {
  expect(above("node /usr/bin/npx -y bun start", "zsh")).toEqual([101]);
});

test("runnersAbove() is empty when a shell or a service manager started the program", () => {
  expect(above("bash -c npx something", "login")).toEqual([]);
  expect(above("/usr/lib/systemd/systemd --user")).toEqual([]);
});
