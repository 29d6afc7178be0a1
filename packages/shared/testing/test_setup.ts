// Loaded before every test file (bunfig.toml).
import { setDefaultTimeout } from "bun:test";

// The first test of a run starts PostgreSQL and Kafka, which on a busy machine
// takes longer than Bun's five seconds.
setDefaultTimeout(60_000);
