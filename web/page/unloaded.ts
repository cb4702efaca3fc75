/** What a page says where its modules are refused: no module script, so that it runs there too. */

/** Why the scripts of a page do not run, in words. */
function reason(): string {
  if (location.protocol === "file:")
    return "This page was opened from a disk, where browsers run no modules. It has to come from a server: run ./serve in the folder of the sources, or, in the folder of this page, python3 -m http.server, and open http://localhost:8000.";
  if (origin === "null")
    return "This page is in a frame with a sandbox, and its server does not let such frames read its scripts. Either the frame gets allow-same-origin, or the server sends Access-Control-Allow-Origin: * with its files.";
  return "The scripts of this page did not arrive. Reload it; if that does not help, the site is missing a file, or sends it as something else than text/javascript.";
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
