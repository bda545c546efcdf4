/** What the host is, and its own modules. */

/** Deno and Bun also say that they are Node, and name themselves beside it. */
export function isNode(): boolean {
  if (typeof process === "undefined" || process.versions?.v8 === undefined) return false;
  return !("deno" in process.versions) && !("bun" in process.versions);
}

/**
 * Whether `importNode` finds anything: in Node, Deno and Bun. A bundler's stand-in for `process` tells no versions, and has
 * no modules.
 */
export function hasNodeModules(): boolean {
  return (
    typeof process !== "undefined" &&
    process.versions?.node !== undefined &&
    typeof process.getBuiltinModule === "function"
  );
}

/** Node's major version, or 0. */
export function nodeVersion(): number {
  return isNode() ? Number(process.versions.node.split(".")[0]) : 0;
}

interface NodeModules {
  "fs/promises": typeof import("node:fs/promises");
  buffer: typeof import("node:buffer");
  crypto: typeof import("node:crypto");
  os: typeof import("node:os");
  path: typeof import("node:path");
  url: typeof import("node:url");
  util: typeof import("node:util");
  v8: typeof import("node:v8");
  worker_threads: typeof import("node:worker_threads");
  zlib: typeof import("node:zlib");
}

/**
 * A module of Node's, for hosts that have it. Asked of the process: an `import` of it would be looked for by bundlers for
 * browsers, left dynamic by those for Node, and refused where a test runner or `vm` evaluates the code.
 */
export async function importNode<Name extends keyof NodeModules>(name: Name): Promise<NodeModules[Name]> {
  return process.getBuiltinModule(`node:${name}`) as NodeModules[Name];
}

/** The host's own, or Node's where a test runner hides it, as jest's jsdom does. */
export async function textDecoder(): Promise<typeof TextDecoder> {
  if (typeof TextDecoder !== "undefined" || !hasNodeModules()) return TextDecoder;
  return (await importNode("util")).TextDecoder as typeof TextDecoder;
}

/** The most characters of a string: those of V8, which has the fewest. */
export const STRING_LIMIT = 2 ** 29 - 24;

/** What was deflated, without a header. Node's own is quicker to start with than its streams of the web. */
export async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (hasNodeModules()) return new Uint8Array((await importNode("zlib")).inflateRawSync(bytes));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** How many threads this machine runs at a time, as far as it tells. */
export async function parallelism(): Promise<number> {
  if (!hasNodeModules()) return globalThis.navigator?.hardwareConcurrency ?? 1;
  const { availableParallelism } = await importNode("os");
  return availableParallelism();
}

/** Tells the user what they should know but need not act upon. */
export function warn(message: string): void {
  const text = `lanegrad: ${message}`;
  if (hasNodeModules()) process.emitWarning(text);
  else console.warn(text);
}

const told = new Set<string>();

/** The same, but each message once per process. */
export function warnOnce(message: string): void {
  if (told.has(message)) return;
  told.add(message);
  warn(message);
}
