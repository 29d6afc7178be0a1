// bun ui/testing/shop_font/make_shop_font.ts [SHOP_FILE]: makes ui/static/fonts/shop.woff2 from Pretendard, with the
// characters of the shop's pages and of this shop file, in the weights that the pages use. System fonts draw other
// characters. Run it again after a change of texts or products: a test reports missing characters.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import subsetFont from "subset-font";
import { withNames } from "./sfnt.ts";
import { fontCharacters } from "./shop_characters.ts";

const source = createRequire(import.meta.url).resolve(
  "pretendard/dist/web/variable/woff2/PretendardVariable.woff2",
);
const target = join(import.meta.dirname, "../../static/fonts/shop.woff2");
const shopFile = process.argv[2] ?? join(import.meta.dirname, "../../../shop.json");

/** Pretendard is a Reserved Font Name: a font made from it must have another name (SIL Open Font License 1.1, 3). */
const name = "PayFlow Sans";
const copyright =
  "Copyright (c) 2021 Kil Hyung-jin. Made from part of his font; see ui/notices/pretendard.txt.";
const licence =
  "This Font Software is licensed under the SIL Open Font License, Version 1.1. https://openfontlicense.org";

const characters = [...fontCharacters(shopFile)].sort();
const part = await subsetFont(readFileSync(source), characters.join(""), {
  targetFormat: "sfnt",
  variationAxes: { wght: { min: 400, max: 700, default: 400 } },
  keepFeatures: ["ccmp", "kern", "locl", "mark", "tnum"],
  noHinting: true,
});
const names = { 0: copyright, 1: name, 2: "Regular", 4: name, 6: "PayFlowSans", 13: licence };
const font = await subsetFont(withNames(part, names), characters.join(""), {
  targetFormat: "woff2",
  keepFeatures: ["ccmp", "kern", "locl", "mark", "tnum"],
  preserveNameIds: Object.keys(names).map(Number),
});
writeFileSync(target, font);
console.log(`${target}: ${characters.length} characters, ${font.length} bytes`);
