/** `import … from "generative-playground/engine"` in Node. */
import "./node";

export * from "./engine";
