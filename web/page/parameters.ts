/** What links say that means nothing to a page. */
import type { ErrorInfo } from "../client/protocol";

/** Parameters that others add to links; they mean nothing here. */
export const FOREIGN = /^(utm_.*|fbclid|gclid|msclkid|mc_[ce]id|ref)$/;

/** What a reader is told of a name that no page knows. */
export const unknown = (name: string): ErrorInfo => ({
  code: "bad-option",
  message: `“${[...name].slice(0, 40).join("")}” is not a parameter of this page.`,
  hint: "It was left out.",
  recoverable: true,
});
