/**
 * Some browsers name a language that `Intl` refuses, as WebKitGTK does in the C locale ("C"), and uPlot asks `Intl` for
 * it while it is loaded. For that time it is English.
 */
function refused(): boolean {
  try {
    new Intl.NumberFormat(navigator.language);
    return false;
  } catch {
    return true;
  }
}

const covered = typeof navigator !== "undefined" && refused();
if (covered) Object.defineProperty(navigator, "language", { value: "en", configurable: true });

/** The browser's own word again. */
export const uncover = () => covered && Reflect.deleteProperty(navigator, "language");
