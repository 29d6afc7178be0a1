// Preloaded into a service's process: sends its connections to Kafka's port through the storm's proxy, because Kafka
// advertises its own port to every client.
import net from "node:net";

const [from, to] = [process.env["STORM_KAFKA_PORT"], process.env["STORM_KAFKA_PROXY"]];
const connect = net.connect.bind(net) as (...parts: unknown[]) => net.Socket;

function detour(options: unknown, ...rest: unknown[]): net.Socket {
  const { port } = (options ?? {}) as { port?: unknown };
  const isKafka = from !== undefined && String(port) === from;
  return connect(isKafka ? { ...(options as object), port: Number(to) } : options, ...rest);
}
net.connect = detour as never;
net.createConnection = detour as never;
