// The linked and the shipped modules: no constructor trap, and not larger than promised.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { fileOf } from "../../web/site/files.mjs";
import { constructorTraps, readModule } from "./module.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../..");
const linked = join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "wasm32-unknown-unknown/wasm");
const workers = ["worker-cpu", "worker-webgpu"];

describe("constructor trap", () => {
  for (const strip of ["none", "symbols"]) {
    test(`is seen where it is, and only there (strip = ${strip})`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "trap-"));
      const build = async (...options) => {
        const file = join(folder, "module.wasm");
        execFileSync("rustc", [
          ...["--edition", "2024", "--target", "wasm32-unknown-unknown", "-O", `-Cstrip=${strip}`],
          ...["--crate-type", "bin", ...options, join(here, "trap.rs"), "-o", file],
        ]);
        const bytes = readFileSync(file);
        const { start, runs } = (await WebAssembly.instantiate(bytes)).instance.exports;
        start();
        return { traps: constructorTraps(readModule(bytes)), grows: runs() !== runs() };
      };
      try {
        const open = await build();
        assert.ok(open.grows, "without the cure, constructors should run again with each call");
        assert.deepEqual(open.traps.map((item) => item.name).sort(), ["main", "runs", "start"]);
        assert.deepEqual(await build("--cfg", "closed"), { traps: [], grows: false });
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  for (const worker of workers) {
    test(`${worker} is not in it`, () => {
      const module = readModule(readFileSync(join(linked, `${worker}.wasm`)));
      assert.ok(module.exports.length > 1, "a worker exports its functions");
      assert.deepEqual(
        constructorTraps(module).map((item) => item.name),
        [],
      );
    });
  }
});

describe("sizes", () => {
  const brotli = (bytes) =>
    brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 },
    }).length;
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;

  test("of what a visitor downloads", (t) => {
    const dist = join(root, "dist");
    let total = 0;
    for (const name of readdirSync(dist).sort()) {
      if (!/\.(wasm|js|css|html)$/.test(name)) continue;
      const bytes = readFileSync(join(dist, name));
      const small = brotli(bytes);
      // Scores are drawn only for those who ask for them.
      if (!/^(worker-webgpu|notation)/.test(name)) total += small;
      t.diagnostic(`${name}: ${megabytes(bytes.length)}, brotli 9 ${megabytes(small)}`);
    }
    t.diagnostic(`the page and its CPU module: brotli 9 ${megabytes(total)}`);
    assert.ok(total <= 2.81e6, `${megabytes(total)} of code; at most 2.81 MB is promised`);
  });

  test("of what of the CPU module comes before a first sample", (t) => {
    const small = brotli(readFileSync(fileOf("worker-cpu_bg.wasm")));
    t.diagnostic(`the first part: brotli 9 ${megabytes(small)}`);
    assert.ok(small <= 0.9e6, `${megabytes(small)}; at most 0.90 MB is promised`);
  });
});
