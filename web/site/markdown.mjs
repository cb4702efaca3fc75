// Markdown with TeX and explained equations, as the chapters are written.
import MarkdownIt from "markdown-it";
import { parse } from "yaml";
import { escape } from "./layout.mjs";
import { math } from "./math.mjs";
import { WORDS } from "./words.mjs";

/** `$…$` within a line, not where a dollar stands beside a space or a digit follows it. */
function inlineMath(state, silent) {
  const { src, pos } = state;
  if (src[pos] !== "$" || /\s/.test(src[pos + 1] ?? " ")) return false;
  const end = src.indexOf("$", pos + 1);
  if (end < 0 || /\s/.test(src[end - 1]) || /\d/.test(src[end + 1] ?? "")) return false;
  if (!silent) {
    const after = /^[.,;:!?)’”]+/.exec(src.slice(end + 1))?.[0] ?? "";
    state.push("math", "", 0).content = src.slice(pos + 1, end);
    state.tokens.at(-1).meta = { after };
    state.pos = end + 1 + after.length;
    return true;
  }
  state.pos = end + 1;
  return true;
}

/** A formula keeps the punctuation that follows it on its line. */
const inlineFormula = (tokens, i) => {
  const { content, meta } = tokens[i];
  return meta.after ? `<span class="nowrap">${math(content)}${escape(meta.after)}</span>` : math(content);
};

let equations = 0;

/**
 * An equation whose symbols are explained: a fenced block named `equation`, in YAML.
 *
 *     title: What it is, for those who cannot see it
 *     tex: ['\term{key}{…}', 'a second line']
 *     terms:
 *       key: {symbol: TeX, say: how it is read, name: …, text: Markdown, color: p or q}
 *
 * Each term has one entry, from which its button, its gloss and its colour follow.
 */
function equation(yaml, md, words) {
  const { title, tex, terms } = parse(yaml);
  const id = `equation-${++equations}`;
  const colored = (markup) =>
    Object.entries(terms).reduce(
      (all, [key, { color }]) =>
        color ? all.replaceAll(`data-term="${key}"`, `data-term="${key}" class="${color}"`) : all,
      markup,
    );
  const source = [tex].flat();
  const lines = source.map((line) => colored(math(line, true)));
  // What begins with an empty group goes on with the line before: in TeX, a sign is an operator after that.
  const apart = source.slice(1).some((line) => !line.startsWith("{}"));
  const used = new Set(lines.join("").match(/(?<=data-term=")[^"]+/g));
  for (const key of used) if (!terms[key]) throw new Error(`${title}: no gloss for “${key}”`);
  const buttons = Object.entries(terms).map(([key, { symbol, say, color }]) => {
    const drawn = math(symbol).replace("<math", '<math aria-hidden="true"');
    return (
      `<li><button type="button" data-term="${key}"${color ? ` class="${color}"` : ""} aria-controls="${id}-gloss">` +
      `${drawn}<span class="unseen">${escape(say)}</span></button></li>`
    );
  });
  const glosses = Object.entries(terms).map(
    ([key, { name, text }]) =>
      `<div data-gloss="${key}"><dt>${escape(name)}</dt><dd>${md.renderInline(text.trim())}</dd></div>`,
  );
  const caption = `<figcaption id="${id}" class="unseen">${escape(title)}</figcaption>`;
  return `<figure class="equation" aria-labelledby="${id}">${caption}
<div class="formula${apart ? " apart" : ""}">${lines.join("\n")}</div>
<ul class="terms" aria-label="${words.symbols}">${buttons.join("\n")}</ul>
<dl class="glosses" id="${id}-gloss" aria-live="polite">${glosses.join("\n")}</dl></figure>\n`;
}

/** A row of text as it is measured for reading; figures and headings of sections stand outside of it. */
const outside = (token) =>
  token.type === "html_block" ||
  (token.type === "fence" && token.info === "equation") ||
  (token.tag === "h2" && !token.meta?.small);

/** For texts of a language. */
export function markdown(lang = "en") {
  const words = WORDS[lang];
  const md = new MarkdownIt({ html: true, typographer: true, quotes: words.quotes });
  md.inline.ruler.before("escape", "math", inlineMath);
  md.renderer.rules.math = inlineFormula;
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, i, ...rest) => {
    const { info, content } = tokens[i];
    if (info === "equation") return equation(content, md, words);
    if (info === "math") return `<p class="display">${math(content.trim(), true)}</p>\n`;
    if (info === "html") {
      const snippet = `<code class="snippet">${escape(content.trim())}</code>`;
      return `<pre tabindex="0" aria-label="${words.copyHtml}">${snippet}</pre>\n`;
    }
    return fence(tokens, i, ...rest);
  };
  md.renderer.rules.heading_open = (tokens, i) => {
    const { id, small } = tokens[i].meta;
    return `<${tokens[i].tag} id="${id}"${small ? ' class="small"' : ""}>`;
  };
  md.core.ruler.push("heading-ids", ({ tokens, env }) => {
    let within = false;
    env.places = [];
    for (const [i, token] of tokens.entries()) {
      if (token.type !== "heading_open") continue;
      within ||= token.tag === "h2";
      const text = tokens[i + 1].content;
      const [, written] = /\{#([a-z0-9-]+)\}\s*$/.exec(text) ?? [];
      const id = env.named?.[env.places.length] ?? written ?? slug(text);
      env.places.push(id);
      token.meta = { id };
      // A small heading before the first large one is right below the title.
      if (token.tag === "h3" && !within)
        for (const each of [token, tokens[i + 2]]) Object.assign(each, { tag: "h2", meta: { id, small: true } });
      const last = tokens[i + 1].children.at(-1);
      if (last?.type === "text") last.content = last.content.replace(/\s*\{#[a-z0-9-]+\}\s*$/, "");
    }
  });
  // A table can be wider than a phone.
  md.renderer.rules.html_block = (tokens, i) =>
    tokens[i].content.startsWith("<table")
      ? `<div tabindex="0" role="region" aria-label="${words.table}">${tokens[i].content}</div>\n`
      : tokens[i].content;
  return md;
}

const slug = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/**
 * A chapter's text: the blocks between figures are put together into columns of text. `env.places` will be the ids of
 * its headings; `env.named` are those that they are to have, where they do not follow from the words.
 */
export function render(md, source, env = {}) {
  const tokens = md.parse(source, env);
  let html = "";
  let run = [];
  const flush = () => {
    if (run.length) html += `<div class="text">\n${md.renderer.render(run, md.options, {})}</div>\n`;
    run = [];
  };
  for (let i = 0; i < tokens.length; i++) {
    if (!outside(tokens[i])) {
      run.push(tokens[i]);
      continue;
    }
    flush();
    const end = tokens[i].type === "heading_open" ? i + 3 : i + 1;
    html += md.renderer.render(tokens.slice(i, end), md.options, {});
    i = end - 1;
  }
  flush();
  return html;
}
