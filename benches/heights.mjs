// How high the figures are at each width, and from that the style sheets that keep their room:
// node benches/heights.mjs [model|lab [TEXT]]. It takes some minutes, and writes web/element/reserve.css and
// web/element/lab/reserve.css. With a TEXT only figures whose selectors hold it are measured, and the others stay.
import { readFileSync, writeFileSync } from "node:fs";
import { openPage, startBrowser, startSite, until } from "../tests/browser/harness.mjs";

/** Selectors and what stands for them. */
const MODELS = [
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
  ['[view="train"][family="glow"]', '<generative-model family="glow" data="mnist" view="train">'],
  ['[view="train"][model^="gpt"]', '<generative-model model="gpt-shakespeare" view="train">'],
  ['[view="train"][tune]', '<generative-model lang="de" tune model="gpt-shakespeare" view="train" data="alice">'],
  ['[view="read"]', '<generative-model model="gpt-shakespeare" view="read">'],
  ['[view="fill"]', '<generative-model lang="de" model="bert-books" view="fill">'],
  ['[view="shots"]', '<generative-model lang="de" model="bert-books" view="shots" views="shots">'],
  ['[view="attention"]', '<generative-model model="gpt-shakespeare" view="attention">'],
  ['[view="samples"][model^="ddpm"]', '<generative-model model="ddpm-mnist" view="samples">'],
  ['[view="train"][model^="ddpm"]', '<generative-model model="ddpm-mnist" view="train">'],
  ...["reverse", "classes", "complete", "sketch", "walk"].map((view) => [
    `[view="${view}"]`,
    `<generative-model model="ddpm-mnist" view="${view}">`,
  ]),
  [
    '[view="samples"][model^="ddpm-scenes"]',
    '<generative-model model="ddpm-scenes" view="samples" sampler="dpm-solver" count="8" prompt="a red circle">',
  ],
  ['[view="samples"][model^="latent"]', '<generative-model model="latent-mnist" view="samples">'],
  ['[view="reverse"][model^="latent"]', '<generative-model model="latent-mnist" view="reverse">'],
  ['[view="code"]', '<generative-model model="latent-mnist" view="code">'],
  ['[view="likelihood"]', '<generative-model model="pixelcnn-mnist" view="likelihood">'],
  ['[view="pixels"]', '<generative-model model="pixelcnn-mnist" view="pixels">'],
  ['[view="train"][family="ddpm"]', '<generative-model family="ddpm" data="emoji" view="train" squares="true">'],
  ['[view="train"][family="video"]', '<generative-model family="video" data="moving-digits" view="train">'],
  ['[view="train"][family="neural-process"]', '<generative-model family="neural-process" data="glyphs" view="train">'],
  // In German its examples and its text are longer.
  ['[view="translate"]', '<generative-model lang="de" model="seq2seq-numbers" view="translate">'],
  ['[view="translate"][model="seq2seq-dates"]', '<generative-model lang="de" model="seq2seq-dates" view="translate">'],
  ['[view="translate"][model="seq2seq-names"]', '<generative-model lang="de" model="seq2seq-names" view="translate">'],
  ['[view="follow"]', '<generative-model lang="de" model="agent-sees" view="follow" seed="1">'],
  ['[view="see"]', '<generative-model lang="de" model="agent-sees" view="see">'],
  ...["show", "ask", "success"].map((view) => [
    `[view="${view}"]`,
    `<generative-model lang="de" model="agent-rooms" view="${view}" seed="1">`,
  ]),
  ...["imagine", "plan", "futures"].map((view) => [
    `[view="${view}"]`,
    `<generative-model lang="de" model="world-rooms" view="${view}" seed="3">`,
  ]),
  ['[view="drift"]', '<generative-model lang="de" model="world-rooms" view="drift">'],
  ['[view="train"][family="world-model"]', '<generative-model family="world-model" data="rooms-play" view="train">'],
  ['[view="train"][family="agent"]', '<generative-model lang="de" family="agent" data="rooms" view="train">'],
  ['[view="train"][family="seq2seq"]', '<generative-model family="seq2seq" data="numbers" view="train">'],
  ['[view="samples"][model="chorales"]', '<generative-model model="chorales" view="samples">'],
  ['[view="samples"][model="gpt-drums"]', '<generative-model lang="de" model="gpt-drums" view="samples">'],
  ['[view="train"][model="gpt-drums"]', '<generative-model lang="de" model="gpt-drums" view="train">'],
  ['[view="hear"]', '<generative-model lang="de" family="vae" data="spoken-digits" view="hear" binarize="none">'],
  ['[view="instruct"]', '<generative-model model="ddpm-scenes" view="instruct">'],
  ['[view="alphabet"]', '<generative-model model="glyphs" view="alphabet">'],
  ['[view="curve"][model="icl-linear"]', '<generative-model lang="de" model="icl-linear" view="curve">'],
  ['[view="errors"][model="icl-trees"]', '<generative-model lang="de" model="icl-trees" view="errors">'],
  ['[view="train"][family="in-context"]', '<generative-model family="in-context" view="train">'],
  [
    '[view="samples"][model="diffuser-maze"]',
    '<generative-model lang="de" model="diffuser-maze" view="samples" at="1" push="1">',
  ],
  [
    '[view="samples"]:is([model="video-scenes"], [model="video-people"], [model="video-digits"])',
    '<generative-model lang="de" model="video-scenes" view="samples" steps="1" prompt="a red circle going up">',
  ],
  [
    '[view="samples"][model="ddpm-emoji"]',
    '<generative-model lang="de" model="ddpm-emoji" view="samples" sampler="dpm-solver" steps="1" prompt="cat">',
  ],
  ['[view="labels"]', '<generative-model lang="de" model="minilm" view="labels">'],
  ['[view="nearest"]', '<generative-model model="gan-mnist" view="nearest">'],
  ["[family]:not([view])", '<generative-model family="realnvp" data="moons" plot="density" steps="2000">'],
];
const LABS = [
  [":host(:not([family], [controls]))", "<generative-lab autoplay>"],
  ...["vae", "gan", "planar", "realnvp", "ddpm", "mdn"].map((family) => [
    `[family="${family}"]`,
    `<generative-lab autoplay family="${family}">`,
  ]),
  // Of one family or two: their table is shorter than that of all.
  [
    '[families="gan"]',
    '<generative-lab autoplay families="gan" family="gan" data="8gaussians" gan.plot="discriminator">',
  ],
  ['[families="ddpm"]', '<generative-lab autoplay families="ddpm" family="ddpm" data="8gaussians">'],
  ['[families="realnvp planar"]', '<generative-lab autoplay families="realnvp planar" family="realnvp" data="moons">'],
  ['[family="bayes"]', '<generative-lab autoplay families="bayes" family="bayes" bayes.plot="both">'],
  ['[family="kl"]', '<generative-lab autoplay families="kl" family="kl" kl.plot="fits">'],
  [':host([controls="table"])', '<generative-lab autoplay controls="table">'],
];
/** Between these widths the layout is one, and heights are nearly linear. */
const BOUNDS = [300, 340, 400, 520, 620, 720, 860, 1100, 1300];

/** Waits until a number has been the same for a while: pictures and numbers come one after the other. */
async function settled(page, number) {
  let [last, since] = [await number(), 0];
  for (let waited = 0; since < 4000 && waited < 60_000; waited += 500) {
    await page.waitForTimeout(500);
    const now = await number();
    since = now === last ? since + 500 : 0;
    last = now;
  }
}

/** Where between two bounds heights are taken: at both, and on the way, since pictures in rows grow in steps. */
const places = (from, to) => [0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(from + share * (to - 1 - from)));

/** The heights of a figure between each two bounds. */
async function measure(browser, site, html) {
  const tag = html.slice(1).split(/[ >]/)[0];
  const head = '<title>A figure</title><script type="module" src="element.js"></script>';
  const markup = `${html.replace(">", ' id="figure" backend="cpu">')}</${tag}>`;
  site.answers.set(
    "figure.html",
    `<!doctype html><html lang="en"><head>${head}</head><body><div id="box">${markup}</div></body></html>`,
  );
  const page = await openPage(browser, site, { path: "figure.html", viewport: { width: 1340, height: 2400 } });
  const box = page.locator("#box");
  const spans = BOUNDS.slice(1).map((to, i) => places(BOUNDS[i], to));
  const figure = page.locator("#figure");
  const stands = (e) => (e.shown ? e.shown.length > 0 && e.shown.every((l) => l.metrics.length) : e.info && e.device);
  // A large model comes when it is asked for.
  const offer = figure.locator(".guest .primary");
  const ready = async () => (await figure.evaluate(stands)) || ((await offer.count()) > 0 && (await offer.click()));
  await until(ready, `${html} is ready`, 120_000);
  // What is kept free now is not to count.
  await figure.evaluate((e) => (e.renderRoot.querySelector(".frame").style.minHeight = "0"));
  await settled(page, () => figure.evaluate((e) => e.offsetHeight));
  const heights = new Map();
  for (const width of spans.flat()) {
    for (const font of ["Liberation Sans, Arial, sans-serif", "Liberation Serif, Times, serif"]) {
      await box.evaluate((b, style) => Object.assign(b.style, style), { width: `${width}px`, fontFamily: font });
      await page.waitForTimeout(300);
      const height = await figure.evaluate((e) => e.offsetHeight);
      heights.set(width, Math.max(height, heights.get(width) ?? 0));
    }
  }
  await page.context().close();
  return spans.map((widths) => widths.map((width) => [width, heights.get(width)]));
}

/** The heights of a figure, each below a line between two widths; texts may be a line longer elsewhere. */
function heights(selector, spans) {
  const host = selector.startsWith(":host") ? selector : `:host(${selector}:not([controls]))`;
  const lines = spans.map((points) => {
    const [[from, low], [to, high]] = [points[0], points.at(-1)];
    const slope = (high - low) / (to - from);
    // A line more; on a phone, where buttons stand close, a second one.
    const start = Math.ceil(Math.max(...points.map(([x, y]) => y - slope * x))) + (from < 400 ? 56 : 28);
    return `  --_room-${from}: calc(${start}px + ${(100 * slope).toFixed(1)}cqw);`;
  });
  return `${host} .frame {\n${lines.join("\n")}\n}`;
}

/** Which of the heights holds at a width. */
const choice = BOUNDS.slice(0, -1).map((from, i) => {
  const least = i ? `(width >= ${from}px)` : "";
  const most = i < BOUNDS.length - 2 ? `(width < ${BOUNDS[i + 1]}px)` : "";
  const when = [least, most].filter(Boolean).join(" and ");
  return `@container ${when} {\n  .frame {\n    min-height: var(--_room-${from});\n  }\n}`;
});

const head = "/* Room for each view, written by benches/heights.mjs: nothing below a figure moves when it comes. */";

const site = await startSite({ bare: true });
const browser = await startBrowser();
const [wanted, part] = process.argv.slice(2);
for (const [name, figures, path] of [
  ["model", MODELS, "reserve.css"],
  ["lab", LABS, "lab/reserve.css"],
]) {
  if (wanted && wanted !== name) continue;
  const sheetFile = new URL(`../web/element/${path}`, import.meta.url);
  if (part !== undefined) {
    let sheet = readFileSync(sheetFile, "utf8");
    for (const [selector, html] of figures.filter(([selector]) => selector.includes(part))) {
      const rule = heights(selector, await measure(browser, site, html));
      const [start] = rule.split("\n");
      console.error(selector);
      const from = sheet.indexOf(`${start}\n`);
      if (from < 0) sheet = sheet.replace("@container", `${rule}\n@container`);
      else sheet = sheet.slice(0, from) + rule + sheet.slice(sheet.indexOf("\n}", from) + 2);
      writeFileSync(sheetFile, sheet);
    }
    continue;
  }
  const all = [];
  for (const [selector, html] of figures) {
    const spans = await measure(browser, site, html);
    console.error(selector, spans.map(([from, , low, high]) => `${from}: ${low}–${high}`).join(", "));
    all.push(heights(selector, spans));
  }
  const sheet = [head, ...all, ...choice].join("\n");
  writeFileSync(sheetFile, `${sheet}\n`);
}
process.exit(0);
