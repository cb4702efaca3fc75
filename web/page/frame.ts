/**
 * The script that a page may have for its frames of the site: each becomes as high as what is in it, and takes on the
 * page's colours, light or dark. Without it they keep the height that they are given.
 */
import { answerTo, fromFrame, sent, type Scheme } from "./frame-messages";

const site = new URL("./", import.meta.url);
/** Frames that are not found in the document, since they are in a shadow root. */
const told = new Set<HTMLIFrameElement>();
/** Frames that were answered, each with the window and the origin that it had then. */
const known = new Map<HTMLIFrameElement, { window: MessageEventSource; origin: string }>();

/** Sizes a frame that stands in a shadow root, where this script does not see it by itself. */
export function follow(frame: HTMLIFrameElement) {
  told.add(frame);
}

/** Whether a frame is one of the site's, by the address that the page gave it. */
function ofSite({ src }: HTMLIFrameElement): boolean {
  if (!URL.canParse(src)) return false;
  const { origin, pathname } = new URL(src);
  const path = pathname.startsWith(site.pathname) ? pathname.slice(site.pathname.length) : "";
  return origin === site.origin && /^embed(\.[a-z]{2})?\.html$/.test(path);
}

/** What the origin of its messages has to be: in a sandbox it may have none. */
const originOf = (frame: HTMLIFrameElement) =>
  frame.hasAttribute("sandbox") && !frame.sandbox.contains("allow-same-origin") ? "null" : site.origin;

/** The frame of the site's that a message came from. */
function frameOf({ source, origin }: MessageEvent): HTMLIFrameElement | undefined {
  if (!source) return undefined;
  const frames = [...document.querySelectorAll("iframe"), ...told];
  const frame = frames.find((each) => each.isConnected && each.contentWindow === source);
  return frame && ofSite(frame) && originOf(frame) === origin ? frame : undefined;
}

/** Whether light text stands around a frame. */
function schemeAt(frame: HTMLIFrameElement): Scheme {
  const { color } = getComputedStyle(frame.parentElement ?? document.documentElement);
  const [r, g, b] = /^rgba?\((\d+), (\d+), (\d+)/.exec(color)?.slice(1).map(Number) ?? [];
  if (r === undefined || g === undefined || b === undefined)
    return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  return 0.3 * r + 0.59 * g + 0.11 * b > 127 ? "dark" : "light";
}

function hello(frame: HTMLIFrameElement) {
  const to = known.get(frame);
  if (to) to.window.postMessage(sent({ say: "hello", scheme: schemeAt(frame) }), { targetOrigin: answerTo(to.origin) });
}

addEventListener("message", (event) => {
  const message = fromFrame(event.data);
  const frame = message && frameOf(event);
  if (!frame || !event.source) return;
  if (message.say === "ready") {
    known.set(frame, { window: event.source, origin: event.origin });
    hello(frame);
  } else if (known.get(frame)?.window === event.source) {
    frame.style.height = `${message.height}px`;
  }
});

/** The page may change its colours at any time. */
function again() {
  for (const frame of known.keys()) {
    if (frame.isConnected) hello(frame);
    else known.delete(frame);
  }
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
const page = new MutationObserver(again);
for (const node of [document.documentElement, document.body])
  if (node) page.observe(node, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });
