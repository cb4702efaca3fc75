// Servers as others keep them: the site on one port with whatever headers, a page of somebody else on another.
import { createReadStream, cpSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

export const dist = fileURLToPath(new URL("../../dist", import.meta.url));

export const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** A server on a port of its own until the test file is over; `respond` gets the path, and may answer by itself. */
async function listen(respond) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://host");
    respond(normalize(decodeURIComponent(pathname)).slice(1) || "index.html", response, request);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://localhost:${server.address().port}`;
}

/**
 * A static host of a folder. `host.headers` gives the headers of a path, besides its type; `host.type` another type;
 * `host.folder` can be another one from some moment on.
 */
export async function hostOf(folder = dist) {
  const host = {
    folder,
    headers: () => ({ "access-control-allow-origin": "*" }),
    type: (path) => TYPES[extname(path)],
  };
  host.requests = [];
  host.origin = await listen((path, response) => {
    host.requests.push(path);
    const file = join(host.folder, path);
    const headers = host.headers(path);
    if (!existsSync(file) || !statSync(file).isFile()) {
      if (host.fallback) {
        response.writeHead(200, { ...headers, "content-type": "text/html" }).end("<!doctype html><title>Home</title>");
      } else response.writeHead(404, headers).end();
      return;
    }
    const type = host.type(path);
    response.writeHead(200, { ...headers, ...(type ? { "content-type": type } : {}) });
    createReadStream(file).pipe(response);
  });
  return host;
}

/** Somebody else's page with an element of the site's in it; `policy` is what its server sends, `files` its scripts. */
export async function blogOf(site) {
  const blog = {
    policy: undefined,
    headers: {},
    element: '<generative-model id="m" model="vae-mnist-2d" view="samples" count="8" backend="cpu"></generative-model>',
    script: `<script type="module" src="${site.origin}/element.js"></script>`,
    style: "",
    files: {},
  };
  blog.origin = await listen((path, response) => {
    if (path in blog.files) return void response.writeHead(200, { "content-type": TYPES[".js"] }).end(blog.files[path]);
    if (path !== "index.html") {
      response.writeHead(404).end();
      return;
    }
    const policy = blog.policy ? { "content-security-policy": blog.policy } : {};
    response.writeHead(200, { "content-type": TYPES[".html"], ...policy, ...blog.headers }).end(
      `<!doctype html><html lang="en"><head><title>A blog</title><link rel="icon" href="data:,">${blog.style}
      ${blog.script}</head><body><h1>A blog</h1>${blog.element}<p id="after">What comes after.</p></body></html>`,
    );
  });
  return blog;
}

/** What a policy has to allow, by directive, and no more. */
export const least = (origin) => ({
  "default-src": "'none'",
  "script-src": `${origin} 'wasm-unsafe-eval'`,
  "worker-src": "blob:",
  "connect-src": origin,
});

/** A policy as a header. */
export const policyOf = (directives) =>
  Object.entries(directives)
    .filter(([, sources]) => sources)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");

/** A copy of the built site that can be changed. */
export function copyOfSite() {
  const folder = mkdtempSync(join(tmpdir(), "site-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(dist, folder, { recursive: true });
  return folder;
}
