// A model of text as its tests open it.
import { built } from "../../web/site/files.mjs";
import { modelOf, openPage, until } from "./harness.mjs";

// A model that needs no checkpoint: as small as can be, and untrained.
const SMALL = {
  family: "gpt",
  data: "first-names",
  "n-layer": 2,
  "n-head": 2,
  "n-embd": 32,
  "block-size": 32,
  backend: "cpu",
};
const escape = (text) => String(text).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("\n", "&#10;");

/** A model of text alone on a page; of its attributes `null` takes one away. */
export async function openText({ browser, site }, attributes = {}, { inner = "", ...options } = {}) {
  const all = Object.entries({ ...SMALL, view: "write", ...attributes })
    .filter(([, v]) => v !== null)
    .map(([k, v]) => `${k}="${escape(v)}"`)
    .join(" ");
  const head = `<meta charset="utf-8"><title>Text</title><link rel="icon" href="data:,">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="${built()["page.css"]}"><script type="module" src="element.js"></script>`;
  const figure = `<generative-model id="m" ${all}>${inner}</generative-model>`;
  site.answers.set(
    "alone.html",
    `<!doctype html><html lang="en"><head>${head}</head>
    <body class="embed"><main><h1>Text</h1>${figure}</main></body></html>`,
  );
  const page = await openPage(browser, site, { path: "alone.html", ...options });
  return { page, element: await modelOf(page, "#m") };
}

/** What it has written so far. */
export const written = (element) =>
  element
    .locator(".script")
    .first()
    .evaluate((s) => [...s.querySelectorAll("[data-at]")].map((e) => e.textContent).join(""));
/** Waits until the model has stopped writing, and gives the text. */
export const finished = async (element) => {
  await until(
    async () =>
      (await element.getByRole("button", { name: "Write", exact: true }).count()) > 0 &&
      (await written(element)).length > 0,
    "a text",
  );
  return written(element);
};
