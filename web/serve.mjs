// Serves dist/ on this machine with the headers of Trunk.toml: node web/serve.mjs PORT
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import sirv from "sirv";
import { isHashed } from "./site/files.mjs";
import { headers } from "./site/headers.mjs";

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const all = Object.entries(headers());
  const files = sirv(fileURLToPath(new URL("../dist", import.meta.url)), {
    dev: true, // What is built while it runs is served as it then is.
    setHeaders: (response, path) => {
      for (const [name, value] of all) response.setHeader(name, value);
      // A name with a hash never means anything else.
      if (isHashed(path)) response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
    },
  });
  createServer(files).listen(Number(process.argv[2] ?? 8080), "localhost");
}
