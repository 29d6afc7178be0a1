/**
 * Starts, supervises and stops PostgreSQL, Kafka and other processes on this machine without
 * Docker, and has the command line that controls them. It loads only built-in modules, so that it
 * works before packages are installed; functions that need a package load it when they are called.
 * @module
 */
export { cacheDir } from "./cache_dir.ts";
export { ensureInstalled } from "./install.ts";
export { pathFault, pathSetting } from "./path_setting.ts";
export {
  claimCluster,
  clusterIdFile,
  findCluster,
  abandonedClusters,
  removeCluster,
  type AbandonedCluster,
} from "./servers/cluster_place.ts";
export { findJava, howToInstallJava, oldestJava } from "./servers/java.ts";
export { newClusterId, startKafka, type KafkaBroker, type KafkaOptions } from "./servers/kafka.ts";
export { fetchKafkaJars, kafkaCacheDir } from "./servers/kafka_jars.ts";
export {
  endLeftoverBroker,
  endLeftoverServer,
  idleAbandonedClusters,
} from "./servers/leftover_servers.ts";
export { startPostgres, type PostgresOptions, type PostgresServer } from "./servers/postgres.ts";
export { isRoot, rootsPostgresDir } from "./servers/postgres_user.ts";
export { spawnChild, type Child } from "./supervise/child.ts";
export { freePort, isPortTaken, portRefusal } from "./supervise/free_port.ts";
export { endLeftover, readPidFile, writePidFile } from "./supervise/leftover.ts";
export { portOwner } from "./supervise/port_owner.ts";
export { commandLine, startMark } from "./supervise/process_table.ts";
export { causeOfDeath } from "./supervise/start_failure.ts";
export { listenForStop, type StopRequest } from "./supervise/stop_request.ts";
export { SupervisedPart, type Part } from "./supervise/supervised_part.ts";
export { untilUp } from "./supervise/until_up.ts";
export type * from "./terminal/command.ts";
export { UsageError, wholeNumber } from "./terminal/command_line.ts";
export { confirmed } from "./terminal/confirmed.ts";
export { escapeUnseen, escapeUnseenInLines } from "./terminal/escape_unseen.ts";
export { createTerminal, type Terminal } from "./terminal/terminal.ts";
export { styled } from "./terminal/help.ts";
export { listed, shown, type Output } from "./terminal/output.ts";
export { findCommand, runProgram, runWords, scriptWords } from "./terminal/program.ts";
export { didYouMean } from "./terminal/suggestion.ts";
export { textTable } from "./terminal/text_table.ts";
export { UserError } from "./terminal/user_error.ts";
