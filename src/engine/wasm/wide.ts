/**
 * The tier `wide`: the V8 flags that make it, and whether this host can run it. V8's revectorizer is experimental, and its
 * flags are of the whole process, so it is only for versions that are known to bear them, in every thread.
 */
import { importNode, isNode, nodeVersion } from "../../ground/host.ts";
import { flagsObstacle } from "./v8-flags.ts";

/** V8 makes optimized code at once, before the first call, and of neighbouring vectors makes one of 256 bits. */
export const wideFlags = [
  "--experimental-wasm-revectorize",
  "--no-liftoff",
  "--no-wasm-lazy-compilation",
  "--no-wasm-dynamic-tiering",
];

/** The version whose V8 has the revectorizer and, unlike newer ones, does not deoptimize WebAssembly. */
const VERSION = 24;

let known: Promise<string | undefined> | undefined;

/** Why `wide` is not to be had, in words, or undefined where it is. Asked once per process. */
export function wideObstacle(): Promise<string | undefined> {
  known ??= findObstacle();
  return known;
}

async function findObstacle(): Promise<string | undefined> {
  if (!isNode()) return "this host is not Node";
  if (process.arch !== "x64" || !(await hasAvx2())) return "this processor lacks AVX2";
  const version = nodeVersion();
  if (version < VERSION) return `Node ${version} is too old for it`;
  // Code of any thread that is compiled meanwhile lacks what Liftoff, V8's first compiler, would have observed. V8 goes by
  // it when it deoptimizes, later on, and ends the process if it is not there.
  if (version > VERSION) return `on Node ${version} it could end the process when another thread compiles WebAssembly`;
  return flagsObstacle();
}

/** Linux tells; of other systems' x64 processors hardly one is old enough to lack it. */
async function hasAvx2(): Promise<boolean> {
  if (process.platform !== "linux") return true;
  const { readFile } = await importNode("fs/promises");
  return readFile("/proc/cpuinfo", "utf8").then(
    (text) => /\bavx2\b/.test(text),
    () => true,
  );
}
