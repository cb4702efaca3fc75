// The headers that every server of the site sends, from the one place where they stand: Trunk.toml.
import { readFileSync } from "node:fs";

/** Names and values. */
export function headers() {
  const toml = readFileSync(new URL("../../Trunk.toml", import.meta.url), "utf8");
  const section = toml.split("[serve.headers]")[1].split(/^\[/m)[0];
  return Object.fromEntries([...section.matchAll(/^([\w-]+) = "(.*)"$/gm)].map(([, name, value]) => [name, value]));
}
