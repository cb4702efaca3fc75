// Messages that nobody of ours has sent.

/**
 * Sends messages of many shapes, `right` ones among them, to a window that is named as seen from here: `self`,
 * `parent`, or by the number of a frame of this page or of the page around. Runs in a page, and is sent there as text.
 */
export function forge(to, seed, right, count = 250) {
  let state = seed;
  const dice = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const values = [
    0,
    1,
    2,
    -1,
    1e9,
    500,
    0.5,
    NaN,
    "",
    "ready",
    "size",
    "hello",
    "dark",
    "light",
    null,
    undefined,
    true,
  ];
  const more = [[], {}, [1], new Date(), new Map([["say", "size"]]), new Uint8Array(9), "javascript:1", "<img src=x>"];
  const any = () => [...values, ...more][dice(values.length + more.length)];
  const name = () => ["generative-playground", "say", "height", "scheme", "__proto__", "type", "source"][dice(7)];
  const [, where, index] = /^(self|parent|frame|neighbour)(\d*)$/.exec(to);
  const target = {
    self: () => self,
    parent: () => parent,
    frame: () => frames[index],
    neighbour: () => parent.frames[index],
  };
  for (let i = 0; i < count; i++) {
    const made = {};
    for (let j = dice(5); j--;) made[name()] = any();
    const whole = { "generative-playground": 1, say: ["size", "hello", "ready"][dice(3)], height: 777, scheme: "dark" };
    for (const key of ["height", "scheme"]) if (dice(2)) delete whole[key];
    const message = [any(), made, whole, { ...whole, [name()]: any() }, ...right][dice(4 + right.length)];
    target[where]().postMessage(message, "*");
  }
}

/** What a frame of ours would say to the page, and what the page would say to it. */
export const SIZE = { "generative-playground": 1, say: "size", height: 777 };
export const HELLO = { "generative-playground": 1, say: "hello", scheme: "dark" };
