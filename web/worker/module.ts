/** Modules as they come from the site's server. */
import { fileUrl } from "../client/files";
import { isPage, notModule, refused, unanswered, uncompiled } from "../client/refusals";

/** How long a server may take to begin its answer, milliseconds. */
const SERVER = 60_000;
/** An answer that takes longer comes over a network, milliseconds; one from a cache is left to the browser as it is. */
const QUICK = 40;
/** Between two words of how much has come. */
const OFTEN = 200;
const MAGIC = 0x6d736100; // "\0asm"

/** Bytes of the modules, which the build fills in: servers that pack them do not say. */
declare const BYTES: string | undefined;
const sizes: Record<string, number> = typeof BYTES === "undefined" ? {} : JSON.parse(BYTES);

/** Told how many bytes have come, of so many. */
export type Came = (loaded: number, total: number) => void;

/** Fails after a time, for what may never answer. */
export function within<T>(time: number, what: string, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} did not answer for ${time / 1000} seconds`)), time);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** The same answer, which tells how much of it has come. */
function counted(response: Response, total: number, came: Came): Response {
  let [loaded, told] = [0, 0];
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(part, out) {
      loaded += part.length;
      const now = performance.now();
      if (now - told > OFTEN) {
        came(loaded, total);
        told = now;
      }
      out.enqueue(part);
    },
    flush: () => came(total, total),
  });
  const { status, headers } = response;
  return new Response(response.body?.pipeThrough(count), { status, headers });
}

/** A module as it comes, or whole where a server gives it another type. */
async function moduleOf(url: URL, response: Response): Promise<Response | ArrayBuffer> {
  if (!response.ok) throw await refused(url, response.status);
  if (response.headers.get("content-type") === "application/wasm") return response;
  const bytes = await response.arrayBuffer().catch(async () => {
    throw await unanswered(url);
  });
  if (bytes.byteLength > 8 && new DataView(bytes).getUint32(0, true) === MAGIC) return bytes;
  throw isPage(response) ? await refused(url, 404) : await notModule(url, response);
}

/** Fetches a module, by the name that it goes by in the sources. */
export async function fetchModule(name: string, came: Came): Promise<Response | ArrayBuffer> {
  const url = fileUrl(name);
  const [begun, total] = [performance.now(), sizes[name] ?? 0];
  let response: Response;
  try {
    response = await within(SERVER, "the server", fetch(url));
  } catch (e) {
    throw e instanceof TypeError ? await unanswered(url) : e;
  }
  const module = await moduleOf(url, response);
  const slow = total > 0 && performance.now() - begun > QUICK;
  return slow && module instanceof Response ? counted(module, total, came) : module;
}

/** Compiles it as it comes. */
export async function compiled(name: string, module: Response | ArrayBuffer): Promise<WebAssembly.Module> {
  try {
    return await (module instanceof Response ? WebAssembly.compileStreaming(module) : WebAssembly.compile(module));
  } catch (e) {
    // A connection that broke off on the way shows here as well.
    const url = fileUrl(name);
    throw (await uncompiled(url, e)) ?? (e instanceof WebAssembly.CompileError ? e : await unanswered(url));
  }
}
