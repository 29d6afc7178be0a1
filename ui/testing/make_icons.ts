// bun ui/testing/make_icons.ts: renders the SVG files to the PNG files that home screens and chats need, in
// ui/static/icons and ui/static/products.
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { launchBrowser } from "./browser.ts";

const folder = join(import.meta.dirname, "../static");
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const products = readdirSync(join(folder, "products")).filter((name) => name.endsWith(".svg"));

/** Home screens cut icons to a circle or a rounded square, so only the middle four fifths are safe. */
const icons = [180, 192, 512].map((size) => ({
  from: "icon.svg",
  to: `icons/icon-${size}.png`,
  size,
  share: 0.85,
  background: "#3352d6",
}));
const images = products.map((name) => ({
  from: `products/${name}`,
  to: `products/${name.replace(".svg", ".png")}`,
  size: 800,
  share: 1,
  background: "#ffffff",
}));

mkdirSync(join(folder, "icons"), { recursive: true });
const browser = await launchBrowser();
try {
  const page = await browser.newPage();
  for (const { from, to, size, share, background } of [...icons, ...images]) {
    await page.setViewportSize({ width: size, height: size });
    const source = `data:image/svg+xml;base64,${Buffer.from(read(from)).toString("base64")}`;
    await page.setContent(`<body style="margin:0;display:grid;place-items:center;height:100vh;background:${background}">
      <img src="${source}" style="width:${share * 100}%;height:${share * 100}%;object-fit:cover">`);
    await page.screenshot({ path: join(folder, to) });
    console.log(to);
  }
} finally {
  await browser.close();
}
