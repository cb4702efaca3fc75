/** Places of the article: brought into view, and kept there while figures above them still grow. */

/** How long a place is kept after the last change, milliseconds. */
const PATIENCE = 4000;
/** What a reader does who wants to go elsewhere. */
const READER = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

let release: () => void = () => undefined;

/**
 * Brings a place into view; it stays there, whatever loads, until somebody scrolls or nothing has changed for a while.
 */
export function bring(target: Element | null, smoothly = true) {
  release();
  const main = document.querySelector("main");
  if (!target || !main) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let [moving, changed, height] = [smoothly && !still, performance.now(), main.scrollHeight];
  const top = () => target.getBoundingClientRect().top;
  const go = (behavior: ScrollBehavior) => target.scrollIntoView({ behavior, block: "start" });
  go(moving ? "smooth" : "instant");
  let right = moving ? undefined : top();
  const settle = () => {
    const now = performance.now();
    // A scroll that is under way is not cut short, unless it does not end.
    if (moving && now - changed < 1500) return;
    const grown = main.scrollHeight !== height;
    if (moving || grown) {
      [moving, height, changed] = [false, main.scrollHeight, now];
      go("instant");
      right = top();
    } else if (right !== undefined && Math.abs(top() - right) > 2) {
      release(); // Somebody scrolled.
    }
    if (now - changed > PATIENCE) release();
  };
  const ended = () => {
    if (moving) changed = 0;
    settle();
  };
  const sizes = new ResizeObserver(settle);
  const clock = setInterval(settle, 100);
  release = () => {
    release = () => undefined;
    sizes.disconnect();
    clearInterval(clock);
    removeEventListener("scrollend", ended);
    for (const type of READER) removeEventListener(type, away, true);
  };
  const away = () => release();
  addEventListener("scrollend", ended);
  for (const type of READER) addEventListener(type, away, { capture: true, passive: true });
  sizes.observe(main);
}

/** Links within the article, and the one that it was opened with. */
export function followPlaces() {
  const named = (hash: string) => {
    try {
      return hash.length > 1 ? document.getElementById(decodeURIComponent(hash.slice(1))) : null;
    } catch {
      return null;
    }
  };
  document.addEventListener("click", (event) => {
    const anchor = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
    if (!anchor || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    const target = named(anchor.hash);
    // After the browser's own way there, which also moves the focus.
    if (target) setTimeout(() => bring(target));
  });
  addEventListener("popstate", () => bring(named(location.hash), false));
  // A reload comes back to where the reader was.
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (entry?.type === "navigate" && location.hash) bring(named(location.hash), false);
}
