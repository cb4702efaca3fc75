import { Connection } from "./connection";
import { idly } from "./platform";

/** The most workers that help another. */
const MOST = 8;
/** How long they stay when nothing is left to do, milliseconds. */
const IDLE = 3000;
/** So many may die, or not come at all, within so many milliseconds; without them a worker goes on by itself. */
const DEATHS = MOST;
const LATELY = 300_000;
/** Before the next one comes in the place of one that died, milliseconds. */
const AGAIN = 1000;

/** What a browser says of its device's battery, where it says so. */
interface Battery extends EventTarget {
  charging: boolean;
}
const { getBattery } = (globalThis.navigator ?? {}) as { getBattery?: () => Promise<Battery> };
let battery: Promise<Battery | undefined> | undefined;
let draining = false;
/** Told when the device goes to its battery or comes back from it, or the tab is hidden or shown. */
const listeners = new Set<() => void>();
const changed = () => listeners.forEach((tell) => tell());

/** Asks once about the battery; a frame may not be allowed to. */
const watchPower = () =>
  (battery ??= Promise.resolve(getBattery?.call(navigator))
    .catch(() => undefined)
    .then((found) => {
      // A phone that does not say is taken for one on battery.
      const phone = () => globalThis.matchMedia?.("(hover: none) and (pointer: coarse)").matches ?? false;
      const look = () => {
        draining = found ? !found.charging : phone();
        changed();
      };
      found?.addEventListener("chargingchange", look);
      look();
      return found;
    }));
globalThis.document?.addEventListener("visibilitychange", changed);

/** How many helpers are right: one core is the helped worker's; none in a hidden tab or on battery. */
function right(workers: number | null): number {
  if (globalThis.document?.hidden || draining) return 0;
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  return Math.max(0, Math.min(workers ?? cores, cores, MOST + 1) - 1);
}

/**
 * Workers that help another with a training, or with samples: each has a module of its own, and a port to that worker.
 * The page only starts and ends them; how many are wanted, that worker says.
 */
export class Helpers {
  #wanted = 0;
  #workers: number | null = null;
  #there = new Map<number, Connection>();
  #last = 0;
  /** When some died. */
  #deaths: number[] = [];
  #ended = false;
  #look = () => void this.#settle();

  constructor(private readonly main: Connection) {
    listeners.add(this.#look);
  }

  /**
   * So many are wanted; those that are `lost` did not answer. `workers` is the most that are to compute, the helped
   * worker among them.
   */
  want(count: number, lost: readonly number[], workers: number | null) {
    this.#wanted = count;
    this.#workers = workers;
    for (const number of lost) this.#lose(number);
    if (count > 0) void this.#settle();
    else
      idly(() => {
        if (this.#wanted === 0) void this.#settle();
      }, IDLE);
  }

  async #settle() {
    if (this.#wanted > 0) await watchPower();
    const lately = this.#deaths.filter((at) => performance.now() - at < LATELY);
    const none = this.#ended || lately.length >= DEATHS;
    const most = none ? 0 : Math.min(this.#wanted, right(this.#workers));
    this.#deaths = lately;
    for (const number of [...this.#there.keys()].slice(most)) this.#end(number);
    while (this.#there.size < most) this.#begin();
  }

  #begin() {
    const number = ++this.#last;
    const helper: Connection = new Connection("cpu", "helper", () => this.#lose(number));
    this.#there.set(number, helper);
    helper.ready.then(
      () => {
        if (this.#there.get(number) !== helper) return;
        const { port1, port2 } = new MessageChannel();
        helper.tell({ type: "serve", port: port1 }, [port1]);
        this.main.tell({ type: "helper", number, port: port2 }, [port2]);
      },
      () => this.#lose(number),
    );
  }

  /** One is of no use any more: another takes its place. */
  #lose(number: number) {
    if (!this.#there.has(number)) return;
    this.#deaths.push(performance.now());
    this.#end(number);
    idly(this.#look, AGAIN);
  }

  #end(number: number) {
    const helper = this.#there.get(number);
    this.#there.delete(number);
    this.main.tell({ type: "dismiss", number });
    helper?.close();
  }

  /** The worker that they helped is gone, or not needed any more. */
  end() {
    this.#ended = true;
    listeners.delete(this.#look);
    for (const number of [...this.#there.keys()]) this.#end(number);
  }
}
