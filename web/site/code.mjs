// A source file as a page that can be read and linked to by line.
import { readFileSync } from "node:fs";
import hljs from "highlight.js/lib/core";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import ini from "highlight.js/lib/languages/ini";
import typescript from "highlight.js/lib/languages/typescript";
import { brand, escape, head } from "./layout.mjs";

hljs.registerLanguage("rust", rust);
hljs.registerLanguage("ini", ini);
hljs.registerLanguage("python", python);
hljs.registerLanguage("typescript", typescript);

const LANGUAGES = { rs: "rust", ts: "typescript", toml: "ini", py: "python", mjs: "typescript" };

export function codeOf(root, path) {
  const text = readFileSync(new URL(path, root), "utf8");
  const { value } = hljs.highlight(text, { language: LANGUAGES[path.split(".").at(-1)] });
  // What is coloured over several lines is closed at the end of each, so that a line can be an element.
  let open = [];
  const lines = value
    .trimEnd()
    .split("\n")
    .map((line, i) => {
      const before = open.join("");
      for (const [tag] of line.matchAll(/<span[^>]*>|<\/span>/g)) {
        if (tag === "</span>") open.pop();
        else open.push(tag);
      }
      return `<span class="line" id="L${i + 1}">${before}${line}${"</span>".repeat(open.length)}\n</span>`;
    });
  const top = head({ title: path, description: `${path}, as it runs on this site`, scripts: "none", up: "../" });
  return `${top}
<body class="code">
<header class="masthead">${brand("../index.html")}</header>
<main><h1><code>${escape(path)}</code></h1>
<pre tabindex="0" aria-label="${escape(path)}"><code>${lines.join("")}</code></pre></main>
</body>
</html>
`;
}
