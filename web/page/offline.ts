/** The site without a network: its service worker, and the word that there is a new version. */
import type { Told } from "../offline/caches";
import type { Words } from "../lang/words";

/** After the page's own files have come, or so many milliseconds at most, the others are fetched. */
const PATIENCE = 8000;

const tell = (worker: ServiceWorker | null | undefined, told: Told) => worker?.postMessage(told);

/** Offers the version that waits, until it is taken. */
function offer(waiting: ServiceWorker, words: Words) {
  document.querySelector(".news")?.remove();
  const news = document.createElement("p");
  news.className = "news";
  news.role = "status";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.say("loadNewVersion");
  button.addEventListener("click", () => {
    // The page is loaded again as soon as the new version answers for it.
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    tell(waiting, { type: "take" });
  });
  news.append(`${words.say("newVersion")} `, button);
  document.body.append(news);
}

/** The back end in use, whose module no list of the page has: its worker fetched it. */
let backend: string | undefined;

async function register(words: () => Words) {
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register("sw.js", { updateViaCache: "none" });
  const look = () => {
    const { waiting } = registration;
    if (waiting && serviceWorker.controller) offer(waiting, words());
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  look();
  // What came before it was there is kept as well.
  const urls = performance.getEntriesByType("resource").map((entry) => entry.name.replace(/[?#].*$/, ""));
  tell((await serviceWorker.ready).active, { type: "used", urls, backend });
}

/** Registers the service worker, on a page of the site that stands alone; nothing depends on it. */
export function goOffline(words: () => Words) {
  if (!("serviceWorker" in navigator) || window.top !== window || !isSecureContext) return;
  let begun = false;
  const begin = () => {
    if (!begun) void register(words).catch(() => undefined);
    begun = true;
  };
  document.addEventListener("backendchange", (event) => {
    ({ backend } = (event as CustomEvent<{ backend: string }>).detail);
    if (begun)
      void navigator.serviceWorker.ready.then(({ active }) => tell(active, { type: "used", urls: [], backend }));
  });
  if (navigator.serviceWorker.controller) {
    begin();
    return;
  }
  // On a first visit the figures come first.
  setTimeout(begin, PATIENCE);
  document.addEventListener("sample", () => setTimeout(begin, 1000), { once: true });
}
