// Stand-ins for what a browser gives a page: a database and locks that its tabs share, and a server.

/** An IndexedDB in memory, shared by all pages: transactions one after the other, each whole or not at all. */
export class Database {
  version = 0;
  stores = new Map();
  #tail = [];
  #busy = false;

  constructor(world) {
    this.world = world;
  }

  /** What a page sees of it. */
  facade(page) {
    const { world } = this;
    const later = (work) => world.clock.after(world.random.below(5), () => page.dead || work());
    return {
      open: (_name, version) => {
        const opening = { result: undefined, transaction: undefined };
        later(() => {
          if (world.storage === "none") {
            opening.error = new Error("no storage");
            opening.onerror?.();
            return;
          }
          opening.result = this.#handle(page);
          if (version > this.version) {
            const transaction = new Transaction(this, page, "versionchange");
            opening.transaction = transaction;
            this.version = version;
            opening.onupgradeneeded?.();
            transaction.run();
          }
          opening.onsuccess?.();
        });
        return opening;
      },
    };
  }

  #handle(page) {
    return {
      objectStoreNames: { contains: (name) => this.stores.has(name) },
      createObjectStore: (name) => this.stores.set(name, new Map()),
      deleteObjectStore: (name) => this.stores.delete(name),
      transaction: (_stores, mode) => {
        const transaction = new Transaction(this, page, mode);
        this.#tail.push(transaction);
        this.#next();
        return transaction;
      },
      close: () => undefined,
    };
  }

  #next() {
    if (this.#busy || !this.#tail.length) return;
    this.#busy = true;
    const { world } = this;
    world.clock.after(world.random.chance(0.05) ? 700 : 1 + world.random.below(4), () => {
      this.#busy = false;
      this.#tail.shift()?.run();
      this.#next();
    });
  }

  /** The records of a store. */
  all(name) {
    return [...(this.stores.get(name)?.values() ?? [])];
  }
}

class Transaction {
  error = null;
  #requests = [];

  constructor(database, page, mode) {
    Object.assign(this, { database, page, mode });
    this.stores = database.stores;
  }

  objectStore(name) {
    const request = (work) => {
      const asked = { result: undefined };
      this.#requests.push([asked, () => (asked.result = work(this.stores.get(name) ?? new Map()))]);
      return asked;
    };
    return {
      get: (key) => request((s) => s.get(key)),
      getAll: () => request((s) => [...s.values()]),
      put: (value) => request((s) => void s.set(value.id ?? value.key, { ...value })),
      delete: (key) => request((s) => void s.delete(key)),
    };
  }

  run() {
    if (this.page.dead) return;
    const { database } = this;
    // Nothing is written until the end.
    this.stores = new Map([...database.stores].map(([name, records]) => [name, new Map(records)]));
    while (this.#requests.length) {
      const [asked, work] = this.#requests.shift();
      work();
      asked.onsuccess?.();
    }
    if (this.mode === "readwrite" && database.world.storage === "full") {
      this.error = new DOMException("full", "QuotaExceededError");
      this.onabort?.();
      return;
    }
    if (this.mode !== "readonly")
      for (const [name, records] of this.stores) if (database.stores.has(name)) database.stores.set(name, records);
    this.oncomplete?.();
  }
}

/** Web Locks, shared by all pages. */
export class Locks {
  held = new Map();

  constructor(world) {
    this.world = world;
  }

  facade(page) {
    const { world } = this;
    return {
      query: () =>
        new Promise((resolve) =>
          world.clock.after(1, () => resolve({ held: [...this.held.keys()].map((name) => ({ name })) })),
        ),
      request: (name, _options, callback) =>
        new Promise((resolve, reject) =>
          world.clock.after(world.random.below(8), () => {
            if (page.dead) return;
            if (this.held.has(name)) return resolve(callback(null));
            const holder = { page };
            this.held.set(name, holder);
            Promise.resolve(callback({ name })).then(() => {
              if (this.held.get(name) === holder) this.held.delete(name);
              resolve();
            }, reject);
          }),
        ),
    };
  }

  /** The browser takes the locks of a page away. */
  lose(page) {
    for (const [name, holder] of this.held) if (!page || holder.page === page) this.held.delete(name);
  }
}

/** What the site's server says. */
export class Server {
  /** `up`, `down`, or `silent`: it takes requests and does not answer. */
  state = "up";
  /** Milliseconds that every answer takes besides. */
  slow = 0;
  files = new Map();
  requests = [];

  constructor(world) {
    this.world = world;
  }

  fetch = (url, { signal, cache } = {}) => {
    const path = String(url).replace("https://site.test/", "");
    this.requests.push({ path, cache });
    return new Promise((resolve, reject) => {
      const stop = () => reject(new DOMException("aborted", "AbortError"));
      if (signal?.aborted) return stop();
      signal?.addEventListener("abort", stop);
      this.world.clock.after(
        this.slow + 10 + this.world.random.below(this.world.random.chance(0.1) ? 4000 : 100),
        () => {
          signal?.removeEventListener("abort", stop);
          if (this.state === "silent") return signal?.addEventListener("abort", stop);
          if (this.state === "down") return reject(new TypeError("Failed to fetch"));
          const bytes = this.files.get(path);
          resolve(answer(bytes, signal, this.world));
        },
      );
    });
  };
}

/** A response; `bytes` may be a function that gives the next part, or nothing to give for ever. */
function answer(bytes, signal, world) {
  const parts = typeof bytes === "function" ? bytes : once(bytes);
  const reader = {
    read: () =>
      new Promise((resolve, reject) => {
        const stop = () => reject(new DOMException("aborted", "AbortError"));
        if (signal?.aborted) return stop();
        signal?.addEventListener("abort", stop);
        world.clock.after(1, () => {
          signal?.removeEventListener("abort", stop);
          const value = parts();
          if (value === "stall") return signal?.addEventListener("abort", stop);
          resolve(value ? { value, done: false } : { value: undefined, done: true });
        });
      }),
    cancel: async () => undefined,
    releaseLock: () => undefined,
  };
  const all = async () => {
    const found = [];
    for (let next = await reader.read(); !next.done; next = await reader.read()) found.push(...next.value);
    return Uint8Array.from(found);
  };
  return {
    ok: bytes !== undefined,
    status: bytes === undefined ? 404 : 200,
    headers: { get: () => null },
    body: { getReader: () => reader },
    arrayBuffer: async () => (await all()).buffer,
    json: async () => JSON.parse(new TextDecoder().decode(await all())),
  };
}

function once(bytes) {
  let given = false;
  return () => (given ? undefined : ((given = true), bytes));
}
