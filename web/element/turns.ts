/** Whose turn it is to fetch a model: few elements at a time, first those that the reader sees. */

/** So many at a time; the others of a long post wait, and those that are gone before their turn are left out. */
const MOST = 3;
/** Longer than this nobody is waited for, milliseconds. */
const PATIENCE = 10_000;

/** How far an element is from what is seen of the page, in heights of the window; 0 if it can be seen. */
export function distance(element: Element): number {
  const { top, bottom } = element.getBoundingClientRect();
  return Math.max(0, top - innerHeight, -bottom) / Math.max(1, innerHeight);
}

const waiting = new Map<Element, () => Promise<unknown>>();
let under = 0;

function next() {
  while (under < MOST && waiting.size) {
    const all = [...waiting].map(([element, work]) => ({ element, work, far: distance(element) }));
    const first = all.reduce((a, b) => (b.far < a.far ? b : a));
    waiting.delete(first.element);
    under++;
    let over = false;
    const done = () => {
      if (over) return;
      over = true;
      under--;
      next();
    };
    setTimeout(done, PATIENCE);
    first.work().then(done, done);
  }
}

/** Does some work for an element when its turn has come; the newest work of an element is all of it. */
export function takeTurn(element: Element, work: () => Promise<unknown>) {
  waiting.set(element, work);
  next();
}

/** It is not wanted any more. */
export const leaveTurn = (element: Element) => waiting.delete(element);
