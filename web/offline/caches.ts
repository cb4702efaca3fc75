/** Where the service worker, the pages and “What is stored here” keep files of the site: browser caches of ours. */

const OURS = "generative-playground";
/** Files whose name has the hash of what is in them: the same for every version of the site. */
export const FILES = `${OURS}:files`;
/** Files that only people name, as one version has them. */
export const pagesOf = (version: string) => `${OURS}:pages:${version}`;

/** All caches of ours. */
export const ourCaches = async () => (await caches.keys()).filter((name) => name.startsWith(`${OURS}:`));

/** What a page tells the service worker. */
export type Told =
  /** The page has used these, and this back end: they are kept for when there is no network. */
  | { type: "used"; urls: string[]; backend: string | undefined }
  /** The reader wants the new version now. */
  | { type: "take" };
