/**
 * Compiles a module with V8 flags set for just that moment. Flags are of the whole process, so this happens only where
 * a tier that needs them was asked for by name; before anything else of this thread runs, they are as they were.
 */
import { importNode, isNode, nodeVersion } from "../../ground/host.ts";

/**
 * Why no flag can be set, in words, or undefined where it can: V8 may have been told to make its flags read-only, and then
 * ends the process that sets one.
 */
export async function flagsObstacle(): Promise<string | undefined> {
  if (!isNode()) return undefined;
  const words = [...process.execArgv, ...(await commandLine())];
  const frozen = words.some((word) => /^--?freeze[-_]flags[-_]after[-_]init$/.test(word));
  return frozen ? "this process may set no V8 flags (--freeze-flags-after-init)" : undefined;
}

/** Of the process, where the system tells it: a worker's `execArgv` may be the worker's own. */
async function commandLine(): Promise<string[]> {
  if (process.platform !== "linux") return [];
  const { readFile } = await importNode("fs/promises");
  return readFile("/proc/self/cmdline", "utf8").then(
    (text) => text.split("\0"),
    () => [],
  );
}

/** The module, or undefined where the host is not Node or its V8 does not know the flags. */
export async function compileWithFlags(
  bytes: Uint8Array<ArrayBuffer>,
  flags: readonly string[],
): Promise<WebAssembly.Module | undefined> {
  if (!isNode()) return undefined;
  const v8 = await importNode("v8");
  const changed: string[] = [];
  try {
    for (const flag of flags) {
      // V8 tells no flag's value, but a number that goes by those of all: it stays where the flag was set already, however
      // that was spelled and whoever did it. Before Node 24 it lags behind, but only the flag for relaxed SIMD is set there,
      // and only where it was not.
      const before = v8.cachedDataVersionTag();
      v8.setFlagsFromString(flag);
      if (nodeVersion() < 24 || v8.cachedDataVersionTag() !== before) changed.push(flag);
    }
    // Synchronous on purpose: nothing else of this thread may compile while the flags are set.
    return new WebAssembly.Module(bytes);
  } catch {
    return undefined;
  } finally {
    for (const flag of changed.toReversed()) v8.setFlagsFromString(opposite(flag));
  }
}

function opposite(flag: string): string {
  return flag.startsWith("--no-") ? flag.replace("--no-", "--") : flag.replace("--", "--no-");
}
