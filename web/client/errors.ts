import type { Code, ErrorInfo } from "./protocol";

/** An error as everything in the page sees it: a stable code, a sentence, what to do next. */
export class PlaygroundError extends Error implements ErrorInfo {
  readonly code: Code;
  readonly hint: string;
  readonly recoverable: boolean;

  constructor(info: ErrorInfo) {
    super(info.message);
    this.name = "PlaygroundError";
    this.code = info.code;
    this.hint = info.hint;
    this.recoverable = info.recoverable;
  }

  /** Anything that was thrown, as one of ours. */
  static from(thrown: unknown): PlaygroundError {
    if (thrown instanceof PlaygroundError) return thrown;
    if (isErrorInfo(thrown)) return new PlaygroundError(thrown);
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return problem(
      "internal",
      `Something went wrong inside the playground: ${reason}.`,
      "Reload the page; if it happens again, please report it.",
      false,
    );
  }
}

/** Whether a value that came from the worker is an error. */
export function isErrorInfo(value: unknown): value is ErrorInfo {
  return typeof value === "object" && value !== null && "code" in value && "message" in value && "hint" in value;
}

/** Makes an error that only the page can notice; those of the models come from Rust. */
export function problem(code: Code, message: string, hint: string, recoverable = true): PlaygroundError {
  return new PlaygroundError({ code, message, hint, recoverable });
}

/** An attribute or a URL parameter of the page itself that cannot be used. */
export function badOption(option: string, value: string, reason: string): PlaygroundError {
  const shown = value.length > 60 ? `${value.slice(0, 59)}…` : value;
  return problem(
    "bad-option",
    `“${shown}” cannot be the value of ${option}: ${reason}.`,
    "The value that was there before is kept.",
  );
}

/** The reader stopped it; never shown as a notice. */
export const cancelled = () => problem("cancelled", "Cancelled.", "Start it again whenever you like.");

/** What is told of a request that ended its worker each time it was made. */
export const deadly = () =>
  problem(
    "internal",
    "The computation stopped twice at the same place, so it is not tried again.",
    "What was there before is still there. Try a smaller model, other options or another file.",
  );
