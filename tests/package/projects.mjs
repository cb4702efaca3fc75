// Fresh projects of bundlers and frameworks, outside the checkout: written, installed, built and served.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { npm, pack, serve, temporary } from "./tools.mjs";

const cache = join(process.env.GP_CACHE ?? join(homedir(), ".cache/generative-playground"), "package");

/** A server that was told to end may still be writing. */
const GONE = { recursive: true, force: true, maxRetries: 10, retryDelay: 500 };

/** The tarball of now, made once. */
let made;
export const tarball = () => (made ??= pack(temporary("tarball")));

/** A project with packages of exactly these versions, which are installed once, and with ours as it is now. */
export async function projectOf(name, packages, files) {
  const key = createHash("sha256").update(JSON.stringify(packages)).digest("hex").slice(0, 10);
  const folder = join(cache, `${name}-${key}`);
  if (!existsSync(join(folder, "complete"))) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "reader", private: true, type: "module" }));
    npm(folder, "install", "--save-exact", "--ignore-scripts", ...packages);
    writeFileSync(join(folder, "complete"), "");
  }
  const ours = join(folder, "node_modules/generative-playground");
  rmSync(ours, { recursive: true, force: true });
  mkdirSync(ours, { recursive: true });
  execFileSync("tar", ["xzf", await tarball(), "--strip-components=1", "-C", ours]);
  // What tools keep of packages that have the same version would be that of an earlier run.
  for (const kept of [".next", ".parcel-cache", ".astro", ".svelte-kit", "node_modules/.vite", "node_modules/.cache"])
    rmSync(join(folder, kept), GONE);
  for (const out of ["dist", "src", "app", "pages"]) rmSync(join(folder, out), GONE);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A command of a package of the project, to its end. */
export function run(folder, command, ...args) {
  const env = { ...process.env, CI: "1", NEXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1" };
  const path = join(folder, "node_modules/.bin", command);
  try {
    execFileSync(path, args, { cwd: folder, env, encoding: "utf8", stdio: "pipe", timeout: 500_000 });
  } catch (e) {
    throw new Error(`${command} ${args.join(" ")}:\n${`${e.stdout}${e.stderr}`.slice(-4000)}`);
  }
}

const freePort = () =>
  new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });

/** A server of a package of the project, until it is closed; `PORT` in the arguments is a free port. */
export async function start(folder, command, ...args) {
  const port = await freePort();
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ASTRO_TELEMETRY_DISABLED: "1" };
  const child = spawn(
    join(folder, "node_modules/.bin", command),
    args.map((a) => a.replace("PORT", port)),
    { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (said += part));
  const close = () => {
    try {
      process.kill(-child.pid, "SIGTERM");
    } catch {
      // It has ended.
    }
  };
  const url = `http://localhost:${port}/`;
  for (const end = Date.now() + 120_000; ;) {
    if (
      await fetch(url).then(
        (r) => r.ok,
        () => false,
      )
    )
      return { url, close, said: () => said };
    if (child.exitCode !== null || Date.now() > end) {
      close();
      throw new Error(`${command} does not answer:\n${said.slice(-4000)}`);
    }
    await new Promise((later) => setTimeout(later, 300));
  }
}

/** What a build has written, served as static hosts do. */
export const served = (folder, out = "dist") => serve(join(folder, out));

export const copy = (folder, from, to) => cpSync(join(folder, from), join(folder, to), { recursive: true });
