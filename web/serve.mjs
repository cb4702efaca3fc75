// Serves dist/ on this machine with the headers of Trunk.toml: node web/serve.mjs PORT
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { headers } from "./site/headers.mjs";

const root = new URL("../", import.meta.url);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = Object.entries(headers());
  const files = sirv(fileURLToPath(new URL("dist", root)), {
    dev: true, // What is built while it runs is served as it then is.
    setHeaders: (response) => all.forEach(([name, value]) => response.setHeader(name, value)),
  });
  createServer(files).listen(Number(process.argv[2] ?? 8080), "localhost");
}
