// How high the figures are at each width, and from that the style sheet that keeps their room:
// node benches/heights.mjs. It takes some minutes, and writes web/element/reserve.css.
import { writeFileSync } from "node:fs";
import { openPage, startBrowser, startSite, until } from "../tests/browser/harness.mjs";

/** Selectors and what stands for them. */
const FIGURES = [
  [":host(:not([view], [family], [controls]))", '<generative-model model="vae-mnist-2d">'],
  ['[view="latent"]', '<generative-model model="vae-mnist-2d" view="latent">'],
  ['[view="samples"]', '<generative-model model="vae-mnist" view="samples">'],
  ['[view="reconstruct"]', '<generative-model model="vae-mnist" view="reconstruct">'],
  ['[view="interpolate"]', '<generative-model model="vae-mnist" view="interpolate">'],
  ['[view="write"]', '<generative-model model="gpt-shakespeare" view="write" prompt="ROMEO:">'],
  ['[view="train"]', '<generative-model model="vae-mnist" view="train">'],
  [
    '[view="train"]:is([family="pixelcnn"], [family="pixelrnn"])',
    '<generative-model family="pixelcnn" data="mnist" view="train">',
  ],
  ['[view="train"][family="gpt"]', '<generative-model family="gpt" view="train" data="alice">'],
  ["[family]:not([view])", '<generative-model family="realnvp" data="moons" plot="density" steps="2000">'],
];
/** Between these widths the layout is one, and heights are nearly linear. */
const BOUNDS = [300, 340, 400, 520, 620, 720, 860, 1100, 1300];

/** The heights of a figure at each bound, just above and just below it. */
async function measure(browser, site, html) {
  const tag = html.slice(1).split(/[ >]/)[0];
  site.answers.set(
    "figure.html",
    Buffer.from(`<!doctype html><html lang="en"><head><title>A figure</title><script type="module" src="element.js"></script></head>
    <body><div id="box">${html.replace(">", ' id="figure" backend="cpu">')}</${tag}></div></body></html>`),
  );
  const page = await openPage(browser, site, { path: "figure.html", viewport: { width: 1340, height: 2400 } });
  const box = page.locator("#box");
  const widths = BOUNDS.flatMap((w, i) => [...(i ? [w - 1] : []), ...(i < BOUNDS.length - 1 ? [w] : [])]);
  await until(() => page.locator("#figure").evaluate((e) => Boolean(e.info && e.device)), `${html} is ready`);
  // What is kept free now is not to count.
  await page.locator("#figure").evaluate((e) => (e.renderRoot.querySelector(".frame").style.minHeight = "0"));
  await page.waitForTimeout(2500);
  const heights = new Map();
  for (const width of widths) {
    for (const font of ["Liberation Sans, Arial, sans-serif", "Liberation Serif, Times, serif"]) {
      await box.evaluate((b, style) => Object.assign(b.style, style), { width: `${width}px`, fontFamily: font });
      await page.waitForTimeout(300);
      const height = await page.locator("#figure").evaluate((e) => e.offsetHeight);
      heights.set(width, Math.max(height, heights.get(width) ?? 0));
    }
  }
  await page.context().close();
  return BOUNDS.slice(1).map((to, i) => [BOUNDS[i], to, heights.get(BOUNDS[i]), heights.get(to - 1)]);
}

/** Rules that keep a line of heights between two widths free; texts may be a line longer elsewhere. */
export function rules(selector, spans) {
  const host = selector.startsWith(":host") ? selector : `:host(${selector}:not([controls]))`;
  return spans.map(([from, to, low, high], i) => {
    const slope = (high - low) / (to - 1 - from);
    const least = i ? `(width >= ${from}px)` : "";
    const most = i < spans.length - 1 ? `(width < ${to}px)` : "";
    const start = Math.ceil(low - slope * from) + 28;
    return `@container ${[least, most].filter(Boolean).join(" and ")} {
  ${host} .frame {
    min-height: calc(${start}px + ${(100 * slope).toFixed(1)}cqw);
  }
}`;
  });
}

export const head =
  "/* Room for each view, written by benches/heights.mjs: nothing below a figure moves when it comes. */\n";

const site = await startSite({ bare: true });
const browser = await startBrowser();
const all = [];
for (const [selector, html] of FIGURES) {
  const spans = await measure(browser, site, html);
  console.error(selector, spans.map(([from, , low, high]) => `${from}: ${low}–${high}`).join(", "));
  all.push(...rules(selector, spans));
}
writeFileSync(new URL("../web/element/reserve.css", import.meta.url), `${head}${all.join("\n")}\n`);
process.exit(0);
