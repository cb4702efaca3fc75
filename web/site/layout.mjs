// What the pages share: head, contents, the way on and back, sources.
import { headers } from "./headers.mjs";
import { WORDS } from "./words.mjs";

const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

const icon = [
  "data:image/svg+xml,",
  "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E",
  "%3Ccircle cx='6' cy='8' r='5' fill='%232a4bcb'/%3E",
  "%3Ccircle cx='10' cy='8' r='5' fill='%23e2573b' fill-opacity='.85'/%3E",
  "%3C/svg%3E",
].join("");

/** The content security policy, from the one place where it stands. */
export const policy = () => headers()["Content-Security-Policy"];

/** The elements, and at once the parts of their code that a page will need for those in it. */
const elements = (body) => {
  const [model, lab] = ["<generative-model", "<generative-lab"].map((tag) => body.includes(tag));
  const parts = ["generative-model", "core", ...(model || lab ? ["shared"] : [])];
  const all = [...parts, ...(model ? ["model"] : []), ...(lab ? ["lab"] : [])];
  const links = all.map((part) => `\n<link rel="modulepreload" href="${part}.js">`);
  const voice = body.includes("<speaking-voice") ? '\n<script type="module" src="voice.js"></script>' : "";
  return `${links.join("")}\n<script type="module" src="element.js"></script>${voice}`;
};

/** What a page runs: that of a chapter, the element alone, or nothing. */
const SCRIPTS = {
  chapter: (body) => `\n<script defer src="page.js" blocking="render"></script>${elements(body)}`,
  element: (body) => `\n<script defer src="unloaded.js"></script>${elements(body)}`,
  // What it shows stands in its address.
  frame: () => `\n<script defer src="embed.js" blocking="render"></script>${elements("<generative-model")}`,
  stored: () => `\n<script type="module" src="stored.js"></script>`,
  none: () => "",
};

/** The fonts that a page cannot do without, and that of its formulas. Italics are a few words of a page, and would
    hold back all others on a slow line: they are there once they have come. */
const TEXT = ["newsreader", "instrument-sans"];
const fontsOf = (body) => [...TEXT, ...(/<math|<generative-lab/.test(body) ? ["math"] : [])];

/** The chapters install as an app; a page that stands in others' does not. */
const installable = (scripts, lang) =>
  scripts === "chapter" || scripts === "stored"
    ? `
<link rel="manifest" href="${appOf(lang)}">
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14161a" media="(prefers-color-scheme: dark)">`
    : "";
export const appOf = (lang) => `app${lang === "en" ? "" : `.${lang}`}.webmanifest`;

const preload = (font) => `<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin>`;

export function head({
  title,
  description,
  scripts = "chapter",
  script,
  up = "",
  fonts = TEXT,
  lang = "en",
  body = "",
}) {
  // What a single page needs besides.
  const more = script ? `\n<script type="module" src="${script}"></script>` : "";
  return `<!doctype html>
<html lang="${lang}"${scripts === "chapter" ? " data-state-in-query" : ""}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<meta name="description" content="${escape(description)}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${icon}">${installable(scripts, lang)}
${fonts.map((name) => preload(`${up}fonts/${name}.woff2`)).join("\n")}
<link rel="stylesheet" href="${up}page.css">${SCRIPTS[scripts](body)}${more}
</head>`;
}

const brightness = `<feColorMatrix values="0 0 0 0 0  0 0 0 0 0  0 0 0 0 0  1 0 0 0 0" result="shape"/>`;
const printed = (id) =>
  `<filter id="${id}" color-interpolation-filters="sRGB">${brightness}<feFlood/>` +
  `<feComposite operator="in" in2="shape"/></filter>`;
/** Posters come white on black and are printed in the ink of the page. */
const ink = `<svg class="unseen" width="0" height="0" aria-hidden="true">${printed("ink")}${printed("ink-blue")}</svg>`;

const link = (page, current, text = page.nav) =>
  `<a href="${page.file}"${page === current ? ' aria-current="page"' : ""}>${escape(text)}</a>`;

/** The site's name, which leads to its entrance. */
export function brand(home) {
  const mark = '<span aria-hidden="true" class="mark"></span>';
  return `<p class="name"><a href="${home}">${mark}Generative Playground</a></p>`;
}

export function masthead(chapters, current, home) {
  const words = WORDS[current.lang];
  const others = current.others.map(
    (p) => `\n<a class="language" lang="${p.lang}" hreflang="${p.lang}" href="${p.file}">${WORDS[p.lang].name}</a>`,
  );
  return `<header class="masthead">
<a class="skip" href="#main">${words.skip}</a>
${brand(home)}
<nav aria-label="${words.chapters}">${chapters.map((c) => link(c, current)).join(" ")}</nav>${others.join("")}
</header>`;
}

/** The chapters in a list, each with what it is about. */
export const contents = (chapters) =>
  `<ol class="contents">${chapters
    .map((c) => `<li><a href="${c.file}">${escape(c.title)}</a> <span>${escape(c.description)}</span></li>`)
    .join("\n")}</ol>`;

function onward(chapters, current) {
  const at = chapters.indexOf(current);
  if (at < 0) return "";
  const [before, after] = [chapters[at - 1], chapters[at + 1]];
  const words = WORDS[current.lang];
  return `<nav class="onward" aria-label="${words.around}">
${before ? `<a rel="prev" href="${before.file}"><span>${words.before}</span> ${escape(before.title)}</a>` : "<i></i>"}
${after ? `<a rel="next" href="${after.file}"><span>${words.next}</span> ${escape(after.title)}</a>` : ""}
</nav>`;
}

/** A source as an entry of a list. */
function source(key, lang, known, md) {
  if (!known[key]) throw new Error(`There is no source “${key}” in sources.yaml`);
  const { work, [lang]: note } = known[key];
  const markup = md.renderInline(work ? `${work} (${note}).` : known[key]);
  return `<li>${markup.replace(/ and others(?=:)/, ` ${WORDS[lang].others}`)}</li>`;
}

/** The name that an entry is found by: that of its first author, without what is given. */
const surname = (entry) => entry.replace(/<[^>]*>/g, "").replace(/^(\p{Lu}\p{Ll}?\.[ -]?)+/u, "");

/** Everything that the chapters cite, by the names of the first authors. */
export function references(lang, known, md) {
  const entries = Object.keys(known).map((key) => source(key, lang, known, md));
  entries.sort((a, b) => surname(a).localeCompare(surname(b), "en"));
  return `<div class="text"><ul class="references">${entries.join("\n")}</ul></div>`;
}

/** Sources of a chapter, and the files that its models are. */
function colophon({ sources = [], code = [], lang }, known, md) {
  const words = WORDS[lang];
  const cited = sources.map((key) => source(key, lang, known, md));
  const file = (name) => `${name}${lang === "en" ? "" : `.${lang}`}.html`;
  const files = code.map((path) => `<li><a href="${codePage(path)}"><code>${escape(path)}</code></a></li>`);
  const language = code.every((path) => path.endsWith(".ts")) ? "TypeScript" : "Rust";
  const list = (title, note, items) =>
    items.length ? `<div><h2>${title}</h2>${note}<ul>${items.join("\n")}</ul></div>` : "";
  return `<footer class="colophon">
${list(words.code, `<p>${words.codeNote(language)}</p>`, files)}
${list(words.sources, "", cited)}
<div><h2>${words.how}</h2><p>${words.howNote}</p>
<p><a href="${file("stored")}">${words.storedNote}</a></p>
<p><a href="licences.txt">${words.licencesNote}</a></p><p id="device" role="status"></p></div>
</footer>`;
}

/** The card of a model, as it was measured; in English, as code is. */
export const cardOf = ({ id, title }, card) => `${head({
  title: `${id}: the card of a model`,
  description: `What ${id} (${title}) learned from, how it was trained, and what was measured.`,
  scripts: "none",
  up: "../",
})}
<body class="card">
<header class="masthead">${brand("../index.html")}</header>
<main>${card}</main>
</body>
</html>
`;

export const codePage = (path) => `code/${path.replaceAll("/", "-")}.html`;

export function page(current, chapters, body, { sources, md, home }) {
  const title = current.order === undefined ? current.title : `${current.title} · Generative Playground`;
  return `${head({ ...current, title, body, fonts: fontsOf(body) })}
<body${current.order === undefined ? ' class="home"' : ""}>
${ink}
${masthead(chapters, current, home)}
<main id="main">
${current.order === undefined ? "" : `<h1 class="chapter">${escape(current.title)}</h1>\n`}${body}
</main>
${onward(chapters, current)}
${colophon(current, sources, md)}
</body>
</html>
`;
}

/** The page of a frame: what is in it comes from its address. */
export function frame({ lang, frame: words }, home) {
  return `${head({ ...words, lang, scripts: "frame" })}
<body class="embed">
<main>
<noscript><p class="unloaded">${words.noscript} <a href="${home}">Generative Playground</a></p></noscript>
</main>
</body>
</html>
`;
}

export { escape };
