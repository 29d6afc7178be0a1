/** The edge that both services have: HTTP, configuration, logs. */
export * from "./absolute_url.ts";
export * from "./config.ts";
export * from "./error_fields.ts";
export * from "./json_body.ts";
export * from "./key_guard.ts";
export * from "./log.ts";
export * from "./metrics.ts";
export * from "./open_service.ts";
export * from "./problem.ts";
export * from "./proxy.ts";
export * from "./rate_limit.ts";
export * from "./readiness.ts";
export * from "./route.ts";
export * from "./safe_settings.ts";
export * from "./secret.ts";
export * from "./serve.ts";
export * from "./toss_keys.ts";
