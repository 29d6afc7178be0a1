/**
 * For tests only: real PostgreSQL and Kafka, which start on first use and end with the run, a
 * database for each test file, and polling instead of sleeping.
 * @module
 */
import "./without_proxy.ts";

export { cacheDir, freePort } from "../mod.ts";
export { eventually, type EventuallyOptions } from "./eventually.ts";
export { generatedPart, markdownTable } from "./generated_doc.ts";
export { startPatience } from "./patience.ts";
export { backUp } from "./put_back.ts";
export { ownKafka, ownKafkaCluster, ownPostgres, type OwnServer } from "./own_servers.ts";
export { startedKafka, startedPostgres } from "./started_servers.ts";
export { postgresAnswer, produceAnswer, tcpProxy, type TcpProxy } from "./tcp_proxy.ts";
export { testDatabase, type TestDatabase } from "./test_database.ts";
export { testTopicPrefix } from "./test_topic_prefix.ts";
