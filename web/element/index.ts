/** The one script that a page loads: it defines `<generative-model>`, and nothing else global. */
import { GenerativeModel } from "./generative-model";

if (!customElements.get("generative-model")) customElements.define("generative-model", GenerativeModel);

export { GenerativeModel };
