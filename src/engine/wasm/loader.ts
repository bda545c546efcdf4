/**
 * AssemblyScript's loader, which instantiates the kernels. It is imported together with the first of them, and not before:
 * as it is evaluated it makes a TextDecoder, which a host may lack and only strings need. Kernels have no strings.
 */
import { hasNodeModules, textDecoder } from "../../ground/host.ts";

export type Loader = typeof import("@assemblyscript/loader");

let loader: Promise<Loader> | undefined;

export function importLoader(): Promise<Loader> {
  if (loader === undefined) {
    loader = typeof TextDecoder === "undefined" ? importWithDecoder() : import("@assemblyscript/loader");
    // A failure is forgotten, so that the next call may try again.
    loader.catch(() => (loader = undefined));
  }
  return loader;
}

/** Lends the host a TextDecoder for that moment: Node's, where a test runner hides it, or else one of that name only. */
async function importWithDecoder(): Promise<Loader> {
  const host: { TextDecoder?: unknown } = globalThis;
  host.TextDecoder = hasNodeModules() ? await textDecoder() : function () {};
  try {
    return await import("@assemblyscript/loader");
  } finally {
    delete host.TextDecoder;
  }
}
