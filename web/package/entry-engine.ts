/** `import … from "generative-playground/engine"` in a page, or in a worker of one. */
import "./page";

export * from "./engine";
