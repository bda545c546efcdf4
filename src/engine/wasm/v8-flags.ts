/**
 * Compiles a module with V8 flags set for just that moment. Flags are of the whole process, so this happens only where
 * a tier that needs them was asked for by name; they are put back before anything else runs.
 */

import { importNode, isNode } from "../../ground/host.ts";

/** The module, or undefined where the host is not Node or its V8 does not know the flags. */
export async function compileWithFlags(
  bytes: Uint8Array<ArrayBuffer>,
  flags: readonly string[],
): Promise<WebAssembly.Module | undefined> {
  if (!isNode()) return undefined;
  const v8 = await importNode("v8");
  // What the process was started with stays as it is.
  const own = flags.filter((flag) => !process.execArgv.includes(flag));
  try {
    for (const flag of own) v8.setFlagsFromString(flag);
    // Synchronous on purpose: nothing else may compile while the flags are set.
    return new WebAssembly.Module(bytes);
  } catch {
    return undefined;
  } finally {
    for (const flag of own) v8.setFlagsFromString(opposite(flag));
  }
}

function opposite(flag: string): string {
  return flag.startsWith("--no-") ? flag.replace("--no-", "--") : flag.replace("--", "--no-");
}
