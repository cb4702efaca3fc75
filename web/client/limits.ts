import { cancelled } from "./errors";

/** Ends with `cancelled` as soon as the signal says so, whatever becomes of the work. */
export function unless<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => reject(cancelled());
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Fails with an error after so many milliseconds, whatever becomes of the work. */
export function within<T>(time: number, error: () => Error, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(error()), time);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
