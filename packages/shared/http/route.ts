import type { Context, Env, Handler, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as v from "valibot";
import { AppError } from "../app_error.ts";
import { parseInput, readJson, readQuery, readText, type QuerySchema } from "./json_body.ts";

// A route is declared once, as a value: its inputs, allowed callers, responses and error codes. `mount` checks requests
// by that declaration, and the API's documents are generated from it.

type Schema = v.GenericSchema;

export type CallerRule<E extends Env> = {
  readonly name: string;
  /** The ways to authenticate, in the form of OpenAPI's `security`; empty for public routes. */
  readonly security: readonly Readonly<Record<string, readonly unknown[]>>[];
  /** The codes of refused callers, here or in earlier middleware. */
  readonly refusals: readonly string[];
  /** Throws AppError for a caller without permission. Runs first, so that such a caller's request is not read. */
  admit(c: Context<E>): void;
};

export type PathParameter = {
  readonly schema: Schema;
  /** The error for a segment that does not follow the schema. */
  readonly refuse: (value: string) => AppError;
};

export type Body<Output> = {
  /** The body follows one of them; empty: any JSON object. */
  readonly schemas: readonly Schema[];
  read(c: Context): Promise<Output>;
};

export function json<S extends Schema>(schema: S): Body<v.InferOutput<S>> {
  return { schemas: [schema], read: (c) => readJson(c, schema) };
}

/** A JSON body, parsed by the schema that `choose` selects by its content and caller. */
export function jsonOf<S extends Schema, E extends Env>(
  schemas: readonly S[],
  choose: (body: unknown, c: Context<E>) => S,
): Body<v.InferOutput<S>> {
  const read = async (c: Context) => {
    const body = await readJson(c, v.unknown());
    return parseInput(choose(body, c as Context<E>), body);
  };
  return { schemas, read };
}

/** A body as text, for handlers that parse it themselves. */
export function text(limitBytes: number): Body<string> {
  return { schemas: [], read: (c) => readText(c.req.raw, limitBytes) };
}

export type Answer = {
  readonly description: string;
  readonly schema: Schema;
  /** The media type of a text body; JSON by default. */
  readonly type?: string;
  /** The media type of a text stream that the handler may reply with instead, if the client accepts it. */
  readonly stream?: string;
  readonly headers?: readonly string[];
};
type Answers = Readonly<Record<number, Answer>>;

/** `T`, deeply readonly. */
export type Frozen<T> = T extends readonly (infer U)[]
  ? readonly Frozen<U>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** One of the declared responses: its status, and a body that follows its schema. */
export type Reply<A extends Answers> = {
  [S in keyof A]: {
    readonly status: S;
    readonly body:
      | (A[S] extends { schema: infer B extends Schema } ? Frozen<v.InferInput<B>> : never)
      | (A[S] extends { stream: string } ? ReadableStream<Uint8Array> : never);
    readonly headers: Readonly<Record<string, string>>;
  };
}[keyof A];

export function reply<const S extends number, const B>(
  status: S,
  body: B,
  headers: Readonly<Record<string, string>> = {},
) {
  return { status, body, headers };
}

/** The checked input of a request. */
export type Call<E extends Env, Params, Query, Input, Key> = {
  readonly c: Context<E>;
  readonly params: { readonly [Name in keyof Params]: string };
  readonly query: Query extends Schema ? v.InferOutput<Query> : undefined;
  readonly body: Input;
  readonly key: Key extends "required" ? string : string | undefined;
};

type KeyRule = "optional" | "required";
type Declared<E extends Env, Deps, A extends Answers, Params, Query, Input, Key> = {
  readonly method: "GET" | "POST";
  /** In Hono's form: `/api/orders/:orderId`. */
  readonly path: string;
  readonly name: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Codes besides those of the caller, the body and the key. */
  readonly refusals?: readonly string[];
  readonly caller: CallerRule<E>;
  readonly params?: Params;
  /** Unknown parameters are refused; without a schema, all are. */
  readonly query?: Query;
  /** Whether the call may, or must, carry an Idempotency-Key. */
  readonly key?: Key;
  readonly body?: Body<Input>;
  readonly answers: A;
  /** Counts the call before its body is read. Throws AppError `rate_limited`. */
  limit?(c: Context<E>, deps: Deps): void;
  handle(call: Call<E, Params, Query, Input, Key>, deps: Deps): Promise<Reply<A>> | Reply<A>;
};

type Params = Readonly<Record<string, PathParameter>>;
export type Route<E extends Env, Deps> = Declared<
  E,
  Deps,
  Answers,
  Params,
  QuerySchema,
  unknown,
  KeyRule
>;

/** Returns a function that declares routes whose handlers share these types. */
export function routesOf<E extends Env, Deps>() {
  return <
    A extends Answers,
    P extends Params = Record<never, PathParameter>,
    Q extends QuerySchema | undefined = undefined,
    I = undefined,
    K extends KeyRule | undefined = undefined,
  >(
    route: Declared<E, Deps, A, P, Q, I, K>,
  ) => route as unknown as Route<E, Deps>;
}

/** The first fields of a declaration: method, path, name and tag. */
export function at(call: `${"GET" | "POST"} /${string}`, name: string, tag: string) {
  const [method, path] = call.split(" ") as ["GET" | "POST", string];
  return { method, path, name, tag };
}

/**
 * Serves the routes. Any other method on one of their paths gets 405. Paths without parameters come first, so that
 * `confirm` in `/api/payments/confirm` is not taken for an order id.
 */
export function mount<E extends Env, Deps>(
  app: Hono<E>,
  routes: readonly Route<E, NoInfer<Deps>>[],
  deps: Deps,
): void {
  const byPath = Map.groupBy(routes, (route) => route.path);
  const hasParameters = (path: string) => Number(path.includes(":"));
  for (const path of [...byPath.keys()].sort((a, b) => hasParameters(a) - hasParameters(b))) {
    const group = byPath.get(path) ?? [];
    for (const route of group) app.on(route.method, path, handlerOf(route, deps));
    const methods = group.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
    app.all(path, (c) => {
      throw methodRefused(c, methods);
    });
  }
}

function handlerOf<E extends Env, Deps>(route: Route<E, Deps>, deps: Deps): Handler<E> {
  const { query = noParameters, key, body: input, answers } = route;
  const params = Object.entries(route.params ?? {});
  const handle = route.handle as (call: unknown, deps: Deps) => Promise<Reply<Answers>>;
  return async (c) => {
    route.caller.admit(c);
    const call = {
      c,
      params: params.length === 0 ? noParams : paramsOf(c, params),
      query: readQuery(c, query),
      key: key === undefined ? undefined : keyOf(c, key),
      body: undefined as unknown,
    };
    route.limit?.(c, deps);
    if (input !== undefined) call.body = await input.read(c);
    const { status, body, headers } = await handle(call, deps);
    const { type, stream } = answers[status] ?? {};
    if (body instanceof ReadableStream) {
      c.header("Content-Type", `${stream}; charset=utf-8`);
      return c.body(body, status as ContentfulStatusCode, headers);
    }
    c.header("Content-Type", type ?? "application/json");
    const content = type === undefined ? JSON.stringify(body) : String(body);
    return c.body(content, status as ContentfulStatusCode, headers);
  };
}

const noParameters = v.strictObject({});
const noParams = {};

function paramsOf(c: Context, params: readonly [string, PathParameter][]) {
  const given: Record<string, string> = {};
  for (const [name, { schema, refuse }] of params) {
    const value = c.req.param(name) ?? "";
    if (!v.is(schema, value)) throw refuse(value);
    given[name] = value;
  }
  return given;
}

function keyOf(c: Context, rule: KeyRule): string | undefined {
  const header = c.req.header("Idempotency-Key");
  if (header === undefined) {
    if (rule === "optional") return undefined;
    const text = "This call needs an Idempotency-Key, so that it can be repeated safely";
    throw new AppError("malformed", "idempotency_key_required", text);
  }
  const key = idempotencyKeyOf(header);
  if (key !== undefined) return key;
  const message =
    'An Idempotency-Key has 1 to 255 visible ASCII characters, as they are or between two "';
  const errors = [{ path: "Idempotency-Key", message }];
  throw new AppError("invalid", "invalid_request", message, { errors });
}

/** 1–255 visible ASCII characters. */
export const IdempotencyKey = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,255}$/));

/** A string by RFC 9651 §3.3.3: in quotes, with `\` escaping quotes and itself. */
const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/** Parses the header, with quotes (draft-ietf-httpapi-idempotency-key-header) or without; undefined if invalid. */
export function idempotencyKeyOf(header: string): string | undefined {
  const text = header.startsWith('"')
    ? quoted.exec(header)?.[1]?.replaceAll(/\\(.)/g, "$1")
    : header;
  return v.is(IdempotencyKey, text) ? text : undefined;
}

/** The error for an unsupported method; sets the required `Allow` header (RFC 9110 §15.5.6). */
export function methodRefused(c: Context, methods: readonly string[]): AppError {
  const allow = methods.join(", ");
  c.header("Allow", allow);
  return new AppError("method_not_allowed", "method_not_allowed", `${c.req.path} takes ${allow}`);
}
