// Serves the built site as ./serve does, and the benchmark's pages under /bench/ and, with threads
// allowed (cross-origin isolated), under /isolated/.
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { headers as headersOfSite } from "../web/site/headers.mjs";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};
const uncached = { "Cache-Control": "no-cache" };

/** `site` and `bench` are folders; `requests` collects what was asked of the site. */
export async function startServer({ root, site, bench }) {
  const headers = headersOfSite();
  const requests = [];
  const find = (path) => {
    const [first, ...rest] = path.split("/");
    if (first === "bench") return { file: join(bench, ...rest), extra: uncached };
    if (first === "isolated") return { file: join(bench, ...rest), extra: { ...uncached, ...isolation } };
    // The peers can be measured before the site is built; its data is in the repository.
    for (const folder of [site, join(root, "web")]) {
      const file = join(folder, path);
      if (statSync(file, { throwIfNoEntry: false })?.isFile()) return { file, extra: headers };
    }
    return { file: "", extra: headers };
  };
  const server = createServer((request, response) => {
    let path = normalize(decodeURIComponent(new URL(request.url, "http://site").pathname)).slice(1);
    if (path === "" || path.endsWith("/")) path += "index.html";
    const { file, extra } = find(path);
    const about = statSync(file, { throwIfNoEntry: false });
    if (!about?.isFile()) {
      response.writeHead(404, extra).end();
      return;
    }
    requests.push(path);
    // Browsers keep what they compiled only for what they cached.
    const modified = about.mtime.toUTCString();
    const fresh = request.headers["if-modified-since"] === modified;
    response.writeHead(fresh ? 304 : 200, {
      ...extra,
      "last-modified": modified,
      "content-type": types[extname(file)] ?? "application/octet-stream",
      ...(fresh ? {} : { "content-length": about.size }),
    });
    if (fresh) response.end();
    else createReadStream(file).pipe(response);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://localhost:${server.address().port}/`,
    requests,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
