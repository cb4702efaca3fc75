// The address of the site, where whoever builds it says so (GP_SITE): what asks for whole addresses gets them.
import { policy } from "./layout.mjs";

/** The address with a slash at its end, or nothing. */
export function address(text = process.env.GP_SITE) {
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash)
    throw new Error(`GP_SITE has to be the address of the site, as https://models.example/, and is ${text}`);
  return url.href.replace(/\/?$/, "/");
}

/**
 * A page whose policy names the site by its address too: in WebKit, 'self' is nobody in a frame without an origin of
 * its own, and no script would run there.
 */
export const admitted = (html, site) =>
  html.replace(policy(), policy().replaceAll("'self'", `'self' ${new URL(site).origin}`));
