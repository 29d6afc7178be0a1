import { expect, test } from "bun:test";
import { causeOfDeath, causeLine, isNoise } from "./start_failure.ts";

test.each([
  [
    "Kafka's folder",
    `SLF4J: See http://www.slf4j.org/codes.html
[main] ERROR kafka.Kafka$ - Exiting Kafka due to fatal exception
java.lang.RuntimeException: Stored node id 2 doesn't match previous node id 1 in log/meta.properties.`,
    "Stored node id 2 doesn't match previous node id 1 in log/meta.properties.",
  ],
  [
    "Kafka's port",
    `[main] ERROR kafka.server.BrokerServer - [BrokerServer id=1] Fatal error during broker startup.
java.lang.RuntimeException: Received a fatal error while waiting for all of the SocketServer Acceptors to be started
Caused by: java.lang.RuntimeException: Unable to start acceptor for PLAINTEXT
Caused by: org.apache.kafka.common.KafkaException: Socket server failed to bind to 127.0.0.1:9092: Address already in use.
Caused by: java.net.BindException: Address already in use`,
    "Socket server failed to bind to 127.0.0.1:9092: Address already in use.",
  ],
  [
    "Kafka's files",
    `java.io.UncheckedIOException: java.nio.file.AccessDeniedException: /data/kafka/log
Caused by: java.nio.file.AccessDeniedException: /data/kafka/log`,
    "AccessDeniedException: /data/kafka/log",
  ],
  [
    "Java's memory",
    `[0.003s][warning][os,thread] Attempt to protect stack guard pages failed.
Error occurred during initialization of VM
Could not reserve enough space for 524288KB object heap`,
    "Could not reserve enough space for 524288KB object heap",
  ],
  [
    "Java's class path",
    `Error: Could not find or load main class kafka.Kafka
Caused by: java.lang.ClassNotFoundException: kafka.Kafka`,
    "Could not find or load main class kafka.Kafka",
  ],
  [
    "PostgreSQL's port",
    `2026-01-01 00:00:00.000 UTC [1] LOG:  could not bind IPv4 address "127.0.0.1": Address already in use
2026-01-01 00:00:00.000 UTC [1] HINT:  Is another postmaster already running on port 54320?
2026-01-01 00:00:00.000 UTC [1] FATAL:  could not create any TCP/IP sockets
2026-01-01 00:00:00.000 UTC [1] LOG:  database system is shut down`,
    'could not bind IPv4 address "127.0.0.1": Address already in use',
  ],
  [
    "initdb",
    `creating directory /data/postgres.half ... initdb: removing contents
initdb: error: could not create directory "/data": Permission denied`,
    'could not create directory "/data": Permission denied',
  ],
  [
    "a service's settings",
    `The configuration has faults:
  GATHER_MAX: must be a whole number
  SWEEP_MS: must be a whole number`,
    "The configuration has faults: GATHER_MAX: must be a whole number; SWEEP_MS: must be a whole number",
  ],
  [
    "a service's database",
    `Cannot start: 12 |   throw error;
PostgresError: password authentication failed for user "shop"`,
    'PostgresError: password authentication failed for user "shop"',
  ],
])("causeLine() states what is wrong with %s", (_, output, cause) => {
  expect(causeLine(output.split("\n"))).toBe(cause);
});

test("causeOfDeath() reports how a program without output ended", () => {
  const silent = { lastLines: () => ["SLF4J: no logger", ""] };
  expect(causeOfDeath(silent, 137)).toBe("it ended with exit code 137 and printed nothing");
  expect(causeOfDeath(silent, undefined)).toContain("did not respond in time");
});

test("isNoise() matches lines that a user cannot act on, and no others", () => {
  const controller = "[quorum-controller-1-event-handler] ERROR org.apache.kafka.controller";
  const heartbeat = `${controller}.ReplicationControlManager - [QuorumController id=1] processExpiredBrokerHeartbeat: controller event queue overloaded. Timed out heartbeat from broker 1.`;
  for (const line of ["SLF4J: no logger", "[0.003s][warning][cds] no archive", heartbeat]) {
    expect(isNoise(line)).toBe(true);
  }
  expect(isNoise(`${controller}.QuorumController - [QuorumController id=1] No space left`)).toBe(
    false,
  );
});
