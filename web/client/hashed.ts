/** Whether a path carries a hash, and so will never be anything else. */
export const isHashed = (path: string) => /-[0-9a-f]{10}\.[^/]+$/.test(path);
