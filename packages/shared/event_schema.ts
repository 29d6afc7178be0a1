/** The URI of an event type's JSON schema: the header `ce_dataschema`, and the schema's `$id` in /asyncapi.json. */
export function eventSchemaUri(eventType: string): string {
  return `urn:payflow:event:${eventType}`;
}
