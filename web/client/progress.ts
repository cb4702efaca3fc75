/** How much of what is being fetched has come: checkpoints here, the module in the worker. */

interface Part {
  loaded: number;
  /** Bytes in all; 0 where nobody knows. */
  total: number;
}

const parts = new Map<string, Part>();
const listeners = new Set<() => void>();

/** So much of a file has come; without a part it has arrived, or will not. */
export function came(name: string, part?: Part) {
  if (part) parts.set(name, part);
  else parts.delete(name);
  for (const tell of listeners) tell();
}

/** Tells of every change, until the function that it gives is called. */
export function onProgress(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

/** What is under way, together; nothing where nothing is, or where a size is not known. */
export function underWay(): Part | undefined {
  const all = [...parts.values()];
  if (!all.length || all.some((p) => p.total <= 0)) return undefined;
  const sum = (of: (p: Part) => number) => all.reduce((n, p) => n + of(p), 0);
  return { loaded: sum((p) => Math.min(p.loaded, p.total)), total: sum((p) => p.total) };
}
