/** Opens the Share dialog, which is fetched when somebody wants it first. */
import type { Widget } from "./share/state";

/** `page` gives the address of the widget in its page, where it has one. */
export function openShare(widget: Widget, page?: () => string) {
  void import("./share/share").then(({ share }) => {
    const lang = document.documentElement.lang === "de" ? "de" : "en";
    share({ widget, lang, site: new URL("./", document.baseURI), ...(page ? { page } : {}) });
  });
}
