import { expect, test } from "bun:test";
import { findJava, howToInstallJava, javaVersion } from "./java.ts";

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "25" 2025-09-16', 25],
  ['java version "1.8.0_392"', 8],
  ["command not found", 0],
])("javaVersion() reads %s", (text, version) => {
  expect(javaVersion(text)).toBe(version);
});

test("findJava() returns undefined when neither JAVA_HOME nor the PATH has Java", () => {
  expect(findJava({ JAVA_HOME: "/nowhere", PATH: "/nowhere" })).toBeUndefined();
});

test("howToInstallJava() names the system's package manager", () => {
  const has = (name: string) => (command: string) => command === name;
  expect(howToInstallJava("linux", has("apt-get"))).toContain("apt-get");
  expect(howToInstallJava("linux", has("dnf"))).toContain("dnf");
  expect(howToInstallJava("darwin", has("brew"))).toContain("brew");
});
