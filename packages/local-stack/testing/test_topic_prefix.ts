/** A unique prefix for a test's topics and groups on the run's Kafka. */
export function testTopicPrefix(): string {
  return `test-${crypto.randomUUID().slice(0, 8)}-`;
}
