/**
 * The engine of the package in a page or in a worker of one. Its own worker starts from its text, which is a piece of
 * code that comes when it is needed, so that no bundler has to know of it; where the files are copied, from its file.
 */
import { spawn, spawnText } from "../client/spawn";
import { platform } from "../client/platform";
import { isCopied, workerFiles } from "./files";

let source = "";

Object.assign(platform, {
  prepare: async () => {
    if (!source && !isCopied()) source = (await import("package:worker")).default;
  },
  spawn: () => (isCopied() ? spawn() : spawnText(source)),
  files: workerFiles,
} satisfies Partial<typeof platform>);
