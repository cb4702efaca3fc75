/** What a page says where its modules are refused: no module script, so that it runs there too. */

/** Why the scripts of a page do not run, in words. They stand here, since nothing else may have arrived. */
const REASONS = {
  en: {
    file:
      "This page was opened from a disk, where browsers run no modules. " +
      "It has to come from a server: run ./serve in the folder of the sources, or, in the folder of this page, " +
      "python3 -m http.server, and open http://localhost:8000.",
    sandbox:
      "This page is in a frame with a sandbox, and its server does not let such frames read its scripts. " +
      "Either the frame gets allow-same-origin, or the server sends Access-Control-Allow-Origin: " +
      "* with its files.",
    missing:
      "The scripts of this page did not arrive. Reload it; if that does not help, the site is missing a file, " +
      "or sends it as something else than text/javascript.",
  },
  de: {
    file:
      "Diese Seite wurde von einem Datenträger geöffnet, und dort führen Browser keine Module aus. " +
      "Sie muss von einem Server kommen: Starten Sie ./serve im Ordner der Quellen oder python3 -m http.server " +
      "im Ordner dieser Seite, und öffnen Sie http://localhost:8000.",
    sandbox:
      "Diese Seite steht in einem Frame mit Sandbox, und ihr Server lässt solche Frames seine Skripte nicht " +
      "lesen. Entweder bekommt der Frame allow-same-origin, oder der Server sendet Access-Control-Allow-Origin: " +
      "* mit seinen Dateien.",
    missing:
      "Die Skripte dieser Seite sind nicht angekommen. Laden Sie sie neu; hilft das nicht, " +
      "so fehlt der Website eine Datei, oder sie sendet sie als etwas anderes als text/javascript.",
  },
};

function reason(): string {
  const reasons = REASONS[document.documentElement.lang === "de" ? "de" : "en"];
  if (location.protocol === "file:") return reasons.file;
  return origin === "null" ? reasons.sandbox : reasons.missing;
}

function look() {
  if (customElements.get("generative-model")) return;
  const told = document.createElement("p");
  told.className = "unloaded";
  told.setAttribute("role", "alert");
  told.textContent = reason();
  document.querySelector("main")?.prepend(told);
  // Should they only be late, it is no longer so.
  void customElements.whenDefined("generative-model").then(() => told.remove());
}

if (location.protocol === "file:") look();
// Modules that wait for others are not waited for by the page.
else addEventListener("load", () => setTimeout(look, 10_000));
