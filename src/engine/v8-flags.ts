/**
 * Compiles a module with V8 flags set for just that moment. Flags are of the whole process, so this happens only where
 * a tier that needs them was asked for by name; they are put back before anything else runs.
 */

/** The module, or undefined where the host is not Node or its V8 does not know the flags. */
export async function compileWithFlags(
  bytes: Uint8Array<ArrayBuffer>,
  flags: readonly string[],
): Promise<WebAssembly.Module | undefined> {
  const v8 = await importV8();
  if (v8 === undefined) return undefined;
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

async function importV8(): Promise<typeof import("node:v8") | undefined> {
  if (!isNode()) return undefined;
  try {
    return await import("node:v8");
  } catch {
    return undefined;
  }
}

/** Deno and Bun also say that they are Node, and name themselves beside it. */
export function isNode(): boolean {
  if (typeof process === "undefined" || process.versions?.v8 === undefined) return false;
  return !("deno" in process.versions) && !("bun" in process.versions);
}
