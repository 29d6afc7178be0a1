import { serveTask } from "./child_task.ts";
import { httpLoad } from "./http_load.ts";

await serveTask(httpLoad);
