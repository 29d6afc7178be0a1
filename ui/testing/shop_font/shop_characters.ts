import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../..");
/** Sources with texts of the shop's pages. */
const sources = [
  "messages",
  "fragments",
  "pages",
  "time_text.ts",
  "bank_names.ts",
  "card_names.ts",
];

/** Other likely characters: most Korean names, dates, ASCII, signs of currency and lists. */
const also =
  "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국" +
  "준은영수예시재승태혜경희아름빈찬규동건상미나라숙자순철토스월화수목금토일오전오후년" +
  "₩−…·“”‘’–—×→✓" +
  String.fromCharCode(...Array.from({ length: 0x5f }, (_, index) => 0x20 + index));

/** Every character of the shop's texts and of this shop file. */
export function shopCharacters(shopFile: string): Set<string> {
  const texts = sources.flatMap((name) => filesOf(join(folder, name))).map(textOf);
  const all = [...texts, textOf(shopFile), also].join("").normalize("NFC");
  return new Set([...all].filter((character) => character >= " "));
}

const textOf = (path: string) => readFileSync(path, "utf8");

/** Those, and the Hangul of the console's texts, because future texts of the shop are likely to need them. */
export function fontCharacters(shopFile: string): Set<string> {
  const others = filesOf(join(folder, "admin/messages"));
  const hangul =
    others
      .map(textOf)
      .join("")
      .match(/[가-힣]/g) ?? [];
  return new Set([...shopCharacters(shopFile), ...hangul]);
}

function filesOf(path: string): string[] {
  if (/\.ts$/.test(path)) return [path];
  return readdirSync(path)
    .filter((name) => /\.tsx?$/.test(name) && !name.includes("_test."))
    .map((name) => join(path, name));
}
