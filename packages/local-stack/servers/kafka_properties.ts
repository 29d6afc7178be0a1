/** Node 1 is broker and controller, other nodes are its cluster's brokers; all on loopback. */
export function serverProperties(options: {
  nodeId: number;
  port: number;
  controllerPort: number;
  logDir: string;
}): string {
  const { nodeId, port, controllerPort, logDir } = options;
  const isController = nodeId === 1;
  const listeners = [
    `PLAINTEXT://127.0.0.1:${port}`,
    ...(isController ? [`CONTROLLER://127.0.0.1:${controllerPort}`] : []),
  ].join(",");
  const settings = {
    "process.roles": isController ? "broker,controller" : "broker",
    "node.id": nodeId,
    "controller.quorum.bootstrap.servers": `127.0.0.1:${controllerPort}`,
    listeners,
    "advertised.listeners": listeners,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": logDir,
    // Kafka's internal topics get one replica, because the stack has one broker.
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "group.initial.rebalance.delay.ms": 0,
    // Topics are created explicitly, so an unknown topic is a mistake.
    "auto.create.topics.enable": false,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${escaped(String(value))}\n`)
    .join("");
}

/** Java reads these files as Latin-1; everything outside printable ASCII is escaped. */
function escaped(value: string): string {
  return value
    .replaceAll("\\", "\\\\")
    .replace(/^ /, "\\ ")
    .replaceAll(
      /[^\x20-\x7e]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
