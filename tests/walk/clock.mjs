// Time that passes only when it is told to, so that a walk of hours takes milliseconds and is the same each time.

/** Everything that was promised and can be kept without time is kept. */
export const settle = () => new Promise((done) => setImmediate(done));

export class Clock {
  now = 1_700_000_000_000;
  #timers = [];
  #count = 0;

  /** Calls `work` after so many milliseconds; those of one time in the order in which they were asked for. */
  after(delay, work) {
    const timer = { at: this.now + Math.max(0, delay), order: this.#count++, work, dead: false };
    this.#timers.push(timer);
    let i = this.#timers.length - 1;
    // The list is in order, the next at the end.
    while (i > 0 && later(this.#timers[i - 1], timer) === false) {
      this.#timers[i] = this.#timers[i - 1];
      i--;
    }
    this.#timers[i] = timer;
    return timer;
  }

  cancel(timer) {
    if (timer) timer.dead = true;
  }

  /** Lets so much time pass. */
  async pass(milliseconds) {
    const end = this.now + milliseconds;
    await settle();
    for (;;) {
      const next = this.#timers.at(-1);
      if (!next || next.at > end) break;
      this.#timers.pop();
      if (next.dead) continue;
      this.now = next.at;
      next.work();
      await settle();
    }
    this.now = end;
  }
}

/** Whether `a` comes after `b`. */
const later = (a, b) => a.at > b.at || (a.at === b.at && a.order > b.order);

/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }
  next() {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
  below(n) {
    return Math.floor(this.next() * n);
  }
  of(all) {
    return all[this.below(all.length)];
  }
  chance(p) {
    return this.next() < p;
  }
}
