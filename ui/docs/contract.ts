/** The part of JSON Schema that the OpenAPI document uses. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
};

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

export type Parameter = {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema: Schema;
};

export type Operation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  /** The callers that are allowed, as text. */
  readonly "x-caller"?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content }>
  >;
};

type Methods = Readonly<Record<string, Operation>>;

/** An OpenAPI 3.1 document. */
export type ApiDescription = {
  readonly info: { readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Methods>>;
  readonly webhooks: Readonly<Record<string, Methods>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

/** An error code; its texts are Markdown with only code spans and links. */
export type ErrorCode = {
  readonly code: string;
  readonly status: string;
  readonly cause: string;
  readonly wayOut: string;
};

export type DocsDeps = {
  readonly readApi: () => ApiDescription;
  readonly errorCodes: readonly ErrorCode[];
};

/** A call of the API, or a webhook that it sends, with the webhook's name as `path`. */
export type Call = {
  readonly method: string;
  readonly path: string;
  readonly isWebhook: boolean;
  readonly operation: Operation;
};

/** All calls in the document's order, webhooks last. */
export function callsOf({ paths, webhooks }: ApiDescription): readonly Call[] {
  const of = (among: Readonly<Record<string, Methods>>, isWebhook: boolean) =>
    Object.entries(among).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        isWebhook,
        operation,
      })),
    );
  return [...of(paths, false), ...of(webhooks, true)];
}
