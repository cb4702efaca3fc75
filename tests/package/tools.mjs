// What the tests of the package share: the package made, packed and installed, outside the checkout.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, normalize } from "node:path";
import { inflateSync } from "node:zlib";
import { makePackage } from "../../web/package.mjs";

/** A folder of its own under the system's temporary one. */
export const temporary = (name) => mkdtempSync(join(tmpdir(), `generative-playground-${name}-`));

/** Makes and packs the package; gives the path of the tarball. */
export async function pack(folder) {
  const made = join(folder, "package");
  await makePackage(made);
  const [{ filename }] = JSON.parse(npm(made, "pack", "--json", "--pack-destination", folder));
  return join(folder, filename);
}

/** Runs npm without asking anybody. */
export function npm(folder, ...args) {
  return execFileSync("npm", [...args, "--no-audit", "--no-fund", "--no-update-notifier"], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, npm_config_offline: args.includes("--offline") ? "true" : "" },
  });
}

/** An empty project that has the package, from nowhere else than its tarball. */
export function project(folder, tarball) {
  mkdirSync(folder, { recursive: true });
  const json = { name: "reader", private: true, type: "module" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(json));
  npm(folder, "install", "--offline", "--ignore-scripts", tarball);
  return folder;
}

export const forget = (folder) => rmSync(folder, { recursive: true, force: true });

/** The grey or coloured pixels of a PNG of 8 bits that is not interlaced: `{ width, height, channels, pixels }`. */
export function png(path) {
  const file = readFileSync(path);
  let [at, width, height, channels] = [8, 0, 0, 0];
  const parts = [];
  while (at < file.length) {
    const [length, type] = [file.readUInt32BE(at), file.toString("latin1", at + 4, at + 8)];
    const data = file.subarray(at + 8, at + 8 + length);
    if (type === "IHDR") {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[data[9]];
      if (data[8] !== 8 || !channels || data[12]) throw new Error("a PNG of a kind that is not read here");
    }
    if (type === "IDAT") parts.push(data);
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const row = width * channels;
  const pixels = new Uint8Array(row * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)];
    for (let x = 0; x < row; x++) {
      const left = x < channels ? 0 : pixels[y * row + x - channels];
      const up = y ? pixels[(y - 1) * row + x] : 0;
      const corner = y && x >= channels ? pixels[(y - 1) * row + x - channels] : 0;
      const [a, b, c] = [up - corner, left - corner, left + up - 2 * corner].map(Math.abs);
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      const guess = [0, left, up, (left + up) >> 1, paeth][filter];
      pixels[y * row + x] = raw[y * (row + 1) + 1 + x] + guess;
    }
  }
  return { width, height, channels, pixels };
}

const MIME = {
  ...{ html: "text/html; charset=utf-8", js: "text/javascript", mjs: "text/javascript", css: "text/css" },
  ...{ json: "application/json", wasm: "application/wasm", svg: "image/svg+xml", png: "image/png" },
};

/** Serves a folder on a free port; `pages` are pages that are in no folder. Gives its address and what ends it. */
export async function serve(folder, { pages = {}, headers = {} } = {}) {
  const requests = [];
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://site").pathname)).slice(1) || "index.html";
    requests.push(path);
    if (path === "favicon.ico") return void response.writeHead(204).end();
    const file = [join(folder, path), join(folder, path, "index.html"), join(folder, `${path}.html`)].find(
      (f) => existsSync(f) && statSync(f).isFile(),
    );
    const type = MIME[(pages[path] ? "page.html" : (file ?? "")).split(".").at(-1)] ?? "application/octet-stream";
    if (!pages[path] && !file) return void response.writeHead(404, headers).end();
    response.writeHead(200, { ...headers, "content-type": type });
    response.end(pages[path] ?? readFileSync(file));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const close = () => (server.closeAllConnections(), server.close());
  return { url: `http://localhost:${server.address().port}/`, requests, close };
}
