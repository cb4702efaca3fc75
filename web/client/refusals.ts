/**
 * Why a file did not arrive or may not run: a policy of the page, the server's word on other origins, a wrong type, a
 * file of a deployment that is gone. Browsers say as little as “Failed to fetch”; here it is found out.
 */
import { type PlaygroundError, problem } from "./errors";
import { isGone } from "./files";

/** What of a violation of a content security policy is told on: the directive, and what it stopped. */
export type Violation = Pick<SecurityPolicyViolationEvent, "effectiveDirective" | "blockedURI">;

/** What a file is fetched for. */
export type Use = "data" | "script" | "worker" | "wasm";

const DIRECTIVES: Record<Use, RegExp> = {
  data: /^connect-src/,
  script: /^script-src/,
  worker: /^(worker|child|script)-src/,
  wasm: /^script-src/,
};

/** How long after a failure its violation may be told, milliseconds. */
const TOLD = 60;
const violations: Violation[] = [];

globalThis.addEventListener?.("securitypolicyviolation", (event) => {
  const { effectiveDirective, blockedURI } = event;
  note({ effectiveDirective, blockedURI });
});

/** Remembers a violation, also one that was seen elsewhere. */
export function note(violation: Violation) {
  violations.push(violation);
  violations.splice(0, violations.length - 20);
}

/** All violations that are known. */
export async function noted(): Promise<readonly Violation[]> {
  await new Promise((told) => setTimeout(told, TOLD));
  return violations;
}

/** Where the code runs, as other servers see it; a frame in a sandbox is nobody. */
const ownOrigin = () => globalThis.origin ?? (typeof location === "undefined" ? "null" : location.origin);

export const nameOf = (url: URL) => url.pathname.split("/").at(-1) || url.pathname;

/** What a policy stopped, in the order of the steps from a script to a running module. */
function byPolicy(url: URL, use: Use): PlaygroundError | undefined {
  const found = violations.find(
    ({ effectiveDirective, blockedURI }) =>
      DIRECTIVES[use].test(effectiveDirective) &&
      (use === "wasm"
        ? blockedURI === "wasm-eval"
        : (blockedURI !== "" && url.href.startsWith(blockedURI)) || (use === "worker" && blockedURI === "blob")),
  );
  return found && policyBlocked(use, url, found.effectiveDirective.replace(/-(elem|attr)$/, ""));
}

function policyBlocked(use: Use, url: URL, directive: string): PlaygroundError {
  const [what, source] = {
    data: [`requests to ${url.origin}`, url.origin],
    script: [`scripts of ${url.origin}`, url.origin],
    worker: ["the worker of the playground", url.protocol === "blob:" ? "blob:" : url.origin],
    wasm: ["WebAssembly", "'wasm-unsafe-eval'"],
  }[use];
  return problem(
    "policy-blocked",
    `The content security policy of this page does not allow ${what}.`,
    `Whoever keeps the page can allow it: add ${source} to ${directive}.`,
    false,
  );
}

const originBlocked = (url: URL) => {
  const who = ownOrigin() === "null" ? "a frame in a sandbox" : "pages of other sites";
  return problem(
    "origin-blocked",
    `${url.origin} does not let ${who} read ${nameOf(url)}.`,
    "Whoever keeps that site can allow it: it has to send Access-Control-Allow-Origin: * with its files.",
    false,
  );
};

const wrongType = (url: URL, type: string, wanted: string) =>
  problem(
    "wrong-type",
    `The server sends ${nameOf(url)} as ${type || "a file of no type"}, which browsers do not take.`,
    `Whoever keeps the site can mend it: the file has to be sent as ${wanted}.`,
    false,
  );

/** The site has a later version, and the files of this page's are gone. */
const siteUpdated = () =>
  problem(
    "site-updated",
    "The site was updated since this page was loaded, and what the page needs now is of the version before.",
    "Reload the page.",
    false,
  );

const unreachable = (url: URL, what: string) =>
  problem("fetch-failed", `${nameOf(url)} could not be fetched: ${what}.`, "Check the connection, then try again.");

/** Nothing came that could be read. */
export const unread = (url: URL) => unreachable(url, "the server cannot be reached, or the file did not arrive whole");

/** A server that sent nothing for so long. */
export const silent = (url: URL, seconds: number) => unreachable(url, `the server sent nothing for ${seconds} seconds`);

/** Whether a server answers at all, to whomever. */
const answers = (url: URL) =>
  fetch(url, { mode: "no-cors", cache: "no-store" }).then(
    (response) => {
      void response.body?.cancel();
      return true;
    },
    () => false,
  );

/** Why a request got no answer that may be read. */
export async function unanswered(url: URL): Promise<PlaygroundError> {
  await noted();
  const blocked = byPolicy(url, "data");
  if (blocked) return blocked;
  const foreign = url.origin !== ownOrigin();
  if (foreign && (await answers(url))) return originBlocked(url);
  return unread(url);
}

/** An answer other than the file. */
export const answered = (url: URL, status: number) =>
  problem(
    "fetch-failed",
    `${nameOf(url)} could not be fetched: the server answered ${status}.`,
    "Try again later; if it stays, the site is missing a file.",
  );

/** What an answer other than the file means: of a file of the site perhaps that there is a later version. */
export async function refused(url: URL, status: number): Promise<PlaygroundError> {
  return (await isGone(url)) ? siteUpdated() : answered(url, status);
}

const JAVASCRIPT = /^(text|application)\/(x-)?(java|ecma)script\b/;

/** Why a script or a worker did not load, if that can be found out. */
export async function unloaded(url: URL, use: "script" | "worker"): Promise<PlaygroundError | undefined> {
  await noted();
  const blocked = byPolicy(url, use);
  if (blocked || url.protocol === "blob:") return blocked;
  let response: Response;
  try {
    response = await fetch(url, { cache: "no-cache" });
  } catch {
    return unanswered(url);
  }
  void response.body?.cancel();
  if (!response.ok) return refused(url, response.status);
  const type = response.headers.get("content-type") ?? "";
  if (JAVASCRIPT.test(type)) return undefined;
  return (await isGone(url)) ? siteUpdated() : wrongType(url, type, "text/javascript");
}

/** Why a script did not load: because of itself, or of one that it imports. */
export async function unloadedWith(url: URL): Promise<PlaygroundError | undefined> {
  const error = await unloaded(url, "script");
  if (error) return error;
  const text = await fetch(url).then((r) => r.text());
  const imports = new Set([...text.matchAll(/["']\.\/([\w-]+-[0-9a-f]{10}\.js)["']/g)].map(([, name]) => name ?? ""));
  for (const name of imports) {
    const found = await unloaded(new URL(name, url), "script");
    if (found) return found;
  }
  return undefined;
}

/** A page in place of a file, as hosts send it that know one page for all addresses. */
export const isPage = (response: Response) => /^text\/html\b/.test(response.headers.get("content-type") ?? "");

/** What a file is that is not the module. */
export const notModule = async (url: URL, response: Response) =>
  (await isGone(url)) ? siteUpdated() : wrongType(url, response.headers.get("content-type") ?? "", "application/wasm");

/** Why a module that arrived was not compiled. */
export async function uncompiled(url: URL, thrown: unknown): Promise<PlaygroundError | undefined> {
  await noted();
  // Firefox tells of no violation, but says so.
  const said = thrown instanceof Error && /\bCSP\b|content security policy|unsafe-eval/i.test(thrown.message);
  return byPolicy(url, "wasm") ?? (said ? policyBlocked("wasm", url, "script-src") : undefined);
}
