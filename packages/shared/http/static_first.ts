import type { Result, Router } from "hono/router";
import { TrieRouter } from "hono/router/trie-router";

/**
 * Hono's router for any set of paths, which remembers what it found for the paths without parameters: it takes a walk
 * through its tree and a sort for each request, and its faster one takes no `/orders/find` beside `/orders/:id`.
 */
export function staticFirst<T>(): Router<T> {
  const trie = new TrieRouter<T>();
  const known = new Map<string, Map<string, Result<T>>>();
  return {
    name: "StaticFirst",
    add(method, path, handler) {
      trie.add(method, path, handler);
      if (!/[:*]/.test(path)) known.set(path, new Map());
    },
    match(method, path) {
      const found = known.get(path)?.get(method);
      if (found !== undefined) return found;
      const result = trie.match(method, path);
      known.get(path)?.set(method, result);
      return result;
    },
  };
}
