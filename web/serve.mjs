// Serves dist/ on this machine with the headers of Trunk.toml: node web/serve.mjs PORT
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import sirv from "sirv";

const root = new URL("../", import.meta.url);

/** The headers that every server of the site sends, from the one place where they stand. */
export function headers(toml = readFileSync(new URL("Trunk.toml", root), "utf8")) {
  const section = toml.split("[serve.headers]")[1].split(/^\[/m)[0];
  return Object.fromEntries([...section.matchAll(/^([\w-]+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = Object.entries(headers());
  const files = sirv(fileURLToPath(new URL("dist", root)), {
    dev: true, // What is built while it runs is served as it then is.
    setHeaders: (response) => all.forEach(([name, value]) => response.setHeader(name, value)),
  });
  createServer(files).listen(Number(process.argv[2] ?? 8080), "localhost");
}
