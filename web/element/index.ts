/**
 * The one script that a page loads: it defines `<generative-model>` and `<generative-lab>`, and nothing else global.
 */
import { GenerativeModel } from "./generative-model";
import { GenerativeLab } from "./lab/generative-lab";

if (!customElements.get("generative-model")) customElements.define("generative-model", GenerativeModel);
if (!customElements.get("generative-lab")) customElements.define("generative-lab", GenerativeLab);

export { GenerativeLab, GenerativeModel };
