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

if (!customElements.get("generative-model")) customElements.define("generative-model", ModelCore);
if (!customElements.get("generative-lab")) customElements.define("generative-lab", LabCore);

/** `<generative-model>`; it has all of its properties once it is near or touched, and its methods before. */
export const GenerativeModel = ModelCore as unknown as typeof Model;
/** `<generative-lab>`, likewise. */
export const GenerativeLab = LabCore as unknown as typeof Lab;
