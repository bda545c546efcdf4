/**
 * Compiles a module with V8 flags set for just that moment. Flags are of the whole process, so this happens only where
 * a tier that needs them was asked for by name; they are put back before anything else runs.
 */

/** The module, or undefined where the host is not V8 or does not know the flags. */
export async function compileWithFlags(
  bytes: Uint8Array<ArrayBuffer>,
  flags: readonly string[],
): Promise<WebAssembly.Module | undefined> {
  const v8 = await importV8();
  if (v8 === undefined) return undefined;
  try {
    for (const flag of flags) v8.setFlagsFromString(flag);
    // Synchronous on purpose: nothing else may compile while the flags are set.
    return new WebAssembly.Module(bytes);
  } catch {
    return undefined;
  } finally {
    for (const flag of flags) v8.setFlagsFromString(flag.replace(/^--/, "--no-"));
  }
}

async function importV8(): Promise<typeof import("node:v8") | undefined> {
  if (typeof process === "undefined" || process.versions?.v8 === undefined) return undefined;
  try {
    return await import("node:v8");
  } catch {
    return undefined;
  }
}
