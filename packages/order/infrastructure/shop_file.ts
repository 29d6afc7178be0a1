import * as v from "valibot";
import { ConfigError, fieldOf } from "@payflow/shared/http";
import { Shop } from "@payflow/ui";

/** Reads the shop: name, products and the footer that the law requires. Throws ConfigError that lists every fault. */
export async function readShop(path: string): Promise<Shop> {
  let content: unknown;
  try {
    content = JSON.parse(utf8(await Bun.file(path).bytes()));
  } catch (error) {
    throw new ConfigError(
      `The shop's file ${path} can't be read: ${error instanceof Error ? error.message : error}`,
    );
  }
  const result = v.safeParse(Shop, content);
  if (result.success) return result.output;
  const faults = result.issues.map(fieldOf).map(({ path, message }) => `  ${path}: ${message}`);
  throw new ConfigError(`The shop's file ${path} has faults:\n${faults.join("\n")}`);
}

/** Decodes strictly: replacement characters would be published and stored in orders. Drops a byte order mark. */
function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8 text; save it as UTF-8");
  }
}

/** 000-00-00000 is the sample's placeholder; no business has it. */
export function isSampleShop(shop: Shop): boolean {
  return shop.business.registrationNumber === "000-00-00000";
}
