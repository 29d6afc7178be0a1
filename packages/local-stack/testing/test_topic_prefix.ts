/** Sets a test's topics and groups apart from all others on the run's Kafka. */
export function testTopicPrefix(): string {
  return `test-${crypto.randomUUID().slice(0, 8)}-`;
}
