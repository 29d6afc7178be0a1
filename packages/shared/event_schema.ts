/** Names the schema that an event's JSON follows: its header `ce_dataschema`, and the schema's `$id` in /asyncapi.json. */
export function eventSchemaUri(eventType: string): string {
  return `urn:payflow:event:${eventType}`;
}
