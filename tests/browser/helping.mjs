// Workers in a page that help one of them, as the page's client has them do. What is run in a page stands by itself, so
// that a function goes there as text, with those of these that it calls.

/** Starts a worker of the processor's. */
async function start(worker) {
  const it = new Worker(worker, { type: "module" });
  const first = new Promise((resolve, reject) => {
    it.onmessage = ({ data }) => {
      if (data.type === "ready") resolve();
      else if (data.type === "failed") reject(new Error(data.error.message));
    };
    it.onerror = (event) => reject(new Error(event.message || "no worker"));
  });
  it.postMessage({ type: "init", backend: "cpu", reason: "a test" });
  await first;
  return it;
}

/** Those that help `main`: the workers by their numbers, and how many there are to be. */
function helpersOf(main, worker) {
  const there = new Map();
  let numbers = 0;
  const join = async (count) => {
    while (there.size > count) {
      const [number, helper] = [...there].at(-1);
      there.delete(number);
      main.postMessage({ type: "dismiss", number });
      helper.terminate();
    }
    while (there.size < count) {
      const number = ++numbers;
      const helper = await start(worker);
      const { port1, port2 } = new MessageChannel();
      helper.postMessage({ type: "serve", port: port1 }, [port1]);
      main.postMessage({ type: "helper", number, port: port2 }, [port2]);
      there.set(number, helper);
    }
  };
  return { there, join };
}

/** Runs a function in a page, which may call these two. */
export const run = (page, what, asked) =>
  page.evaluate(`(() => { ${start}\n${helpersOf}\nreturn (${what})(${JSON.stringify(asked)}); })()`);
