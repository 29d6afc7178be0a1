import { homedir } from "node:os";
import { join } from "node:path";
import { pathSetting } from "./path_setting.ts";

/** `$XDG_CACHE_HOME/payflow/NAME`, by default below `~/.cache`; all clones share it. */
export function cacheDir(name: string, env: Readonly<Record<string, string | undefined>>): string {
  const cache = pathSetting(env, "XDG_CACHE_HOME") ?? join(homedir(), ".cache");
  return join(cache, "payflow", name);
}
