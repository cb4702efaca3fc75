/**
 * The script that a page loads first: it defines `<generative-model>` and `<generative-lab>`, and nothing else global.
 * What is imported here is all that a page has before one of them is near or touched; then come the parts.
 */
import { LabCore, ModelCore } from "./core";
import type { GenerativeModel as Model } from "./generative-model";
import type { GenerativeLab as Lab } from "./lab/generative-lab";
import { parts, type Parts } from "./parts";

const where: Parts = {
  model: () => import("./generative-model").then((m) => m.GenerativeModel),
  lab: () => import("./lab/generative-lab").then((m) => m.GenerativeLab),
  chart: () => import("./chart").then((m) => m.default),
};
Object.assign(parts, where);

/** Where this code is. The same name elsewhere is the same code, for it has its hash. */
const here = import.meta.url;
const nameOf = (url: string) => url.split(/[?#]/)[0]?.split("/").at(-1);

/** Defines an element; if there is one of that name already, that stays, and whoever wrote the page is told. */
function define<T extends typeof ModelCore | typeof LabCore>(name: string, core: T): T {
  const first = customElements.get(name) as (T & { from?: string }) | undefined;
  if (!first) customElements.define(name, Object.assign(core, { from: here }));
  else if (nameOf(first.from ?? "") !== nameOf(here))
    console.warn(
      `<${name}> is defined already, by another version${first.from ? ` (${first.from})` : ""}; ` +
        `that one makes all of this page, and what came later (${here}) is not used. Load one of them.`,
    );
  return first ?? core;
}

/** `<generative-model>`; it has all of its properties once it is near or touched, and its methods before. */
export const GenerativeModel = define("generative-model", ModelCore) as unknown as typeof Model;
/** `<generative-lab>`, likewise. */
export const GenerativeLab = define("generative-lab", LabCore) as unknown as typeof Lab;
