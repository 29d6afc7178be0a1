/**
 * The parts that PayFlow runs on, started without Docker: real PostgreSQL and
 * real Kafka. For the one-command start and for tests.
 * @module
 */
export { cacheDir } from "./cache_dir.ts";
export { type Child } from "./child.ts";
export {
  confirmed,
  readWords,
  runNamed,
  unclear,
  wholeNumber,
  wordsOrExit,
  type CommandSpec,
  type ReadWords,
  runCommand,
} from "./command_line.ts";
export { freePort } from "./free_port.ts";
export { newClusterId, startKafka, type KafkaBroker, type KafkaOptions } from "./kafka.ts";
export { startPostgres, type PostgresOptions, type PostgresServer } from "./postgres.ts";
export { dataDirIn } from "./path_setting.ts";
export { endLeftoverBroker, endLeftoverServer } from "./leftover_parts.ts";
export { isRoot, rootsPostgresDir } from "./postgres_user.ts";
export { commandLine, startMark } from "./process_table.ts";
export { readStackFile } from "./stack_file.ts";
export { textTable } from "./text_table.ts";
export { UserError } from "./user_error.ts";
