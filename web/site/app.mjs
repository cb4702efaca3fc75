// The site as an app, and without a network: its manifests with their icons, and its service worker.
import { createHash } from "node:crypto";
import { isHashed } from "./files.mjs";
import { icon } from "./icons.mjs";
import { appOf } from "./layout.mjs";
import { WORDS } from "./words.mjs";

/** Adds the manifests, and gives their names. */
export function manifests(files) {
  const icons = [
    { size: 192, purpose: "any" },
    { size: 512, purpose: "any" },
    { size: 512, purpose: "maskable" },
  ].map(({ size, purpose }) => {
    const maskable = purpose === "maskable";
    const src = files.add(`icons/${purpose}-${size}.png`, icon(size, { maskable }));
    return { src, sizes: `${size}x${size}`, type: "image/png", purpose };
  });
  return Object.entries(WORDS).map(([lang, words]) => {
    const app = {
      id: "./",
      name: "Generative Playground",
      short_name: "Playground",
      description: words.app,
      lang,
      start_url: lang === "en" ? "./" : `index.${lang}.html`,
      scope: "./",
      display: "standalone",
      background_color: "#ffffff",
      theme_color: "#ffffff",
      icons,
    };
    files.plain(appOf(lang), `${JSON.stringify(app, null, 1)}\n`);
    return appOf(lang);
  });
}

/** Files that are fetched when a model or a view needs them, not with the first visit. */
const LATER = /^(checkpoints|data|texts|voices)\/(?!manifest)|^worker-/;

/** What the service worker knows of the site; `plain` are the contents of files without a hash, by their names. */
export function siteOf(files, plain) {
  const hashed = Object.values(files.names).filter(isHashed);
  const version = createHash("sha256").update(hashed.toSorted().join());
  for (const [name, content] of [...plain].sort()) version.update(name).update(content);
  return {
    version: version.digest("hex").slice(0, 10),
    pages: [...plain.keys()],
    files: hashed,
    shell: Object.keys(files.names)
      .filter((name) => !LATER.test(name) && !/^icons\//.test(name))
      .map((name) => files.of(name)),
  };
}
