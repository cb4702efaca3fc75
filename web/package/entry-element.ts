/** `import "generative-playground"`: defines the elements. */
import "./page";

export { useFiles } from "./files";
export { GenerativeLab, GenerativeModel } from "../element/index";
