// The names of the site's files: each carries the hash of what is in it, so that no two deployments share one.
// `files.json` says what is called how.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The list of all files that carry a hash, from the names that they go by in the sources. */
export const LIST = "files.json";

/** `a/b.txt.gz` with a hash: `a/b-0123456789.txt.gz`. */
export function hashed(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  return name.replace(/^((?:.*\/)?[^/.]+)/, `$1-${hash}`);
}

/** A path that carries a hash, and so will never be anything else. */
export const isHashed = (path) => /-[0-9a-f]{10}\.[^/]+$/.test(path);

/** What is written to a folder, and what it is called there. */
export class Files {
  names = {};

  constructor(out) {
    this.out = out;
  }

  /** Writes a file under a name with its hash, and gives that name. */
  add(name, bytes) {
    this.names[name] = hashed(name, bytes);
    this.plain(this.names[name], bytes);
    return this.names[name];
  }

  /** Writes a file under the name that it has. */
  plain(name, bytes) {
    mkdirSync(dirname(join(this.out, name)), { recursive: true });
    writeFileSync(join(this.out, name), bytes);
  }

  /** What a file is called, seen from the top of the site. */
  of(name) {
    return this.names[name] ?? name;
  }

  /** Only these, for a script that needs no others. */
  only(...wanted) {
    return Object.fromEntries(wanted.filter((name) => this.names[name]).map((name) => [name, this.names[name]]));
  }

  /** Writes the list. */
  list() {
    this.plain(LIST, `${JSON.stringify(this.names, null, 1)}\n`);
  }
}

const dist = fileURLToPath(new URL("../../dist/", import.meta.url));

/** What the files of a built site are called. */
export function built(folder = dist) {
  const list = join(folder, LIST);
  return existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : {};
}

/** Where a file of a built site is, from the name that it goes by in the sources. */
export const fileOf = (name, folder = dist) => join(folder, built(folder)[name] ?? name);
