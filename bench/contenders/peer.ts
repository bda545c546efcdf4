/** Loads a package of `bench/package.json`. Types are the contenders' own: packages that may be absent cannot be checked. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** @throws Error if it is not installed. */
export async function loadPeer<T>(name: string): Promise<T> {
  try {
    const loaded = (await import(name)) as { default?: unknown };
    return { ...(loaded.default as object | undefined), ...loaded } as T;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Error(`absent: ${name} is not installed`, { cause });
  }
}

export function peerFolder(name: string): string {
  const folders = require.resolve.paths(name) ?? [];
  for (const folder of folders) {
    const path = join(folder, name, "package.json");
    try {
      return dirname(require.resolve(path));
    } catch {
      // Not in this one.
    }
  }
  throw new Error(`absent: ${name} is not installed`);
}

export async function peerVersion(name: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(peerFolder(name), "package.json"), "utf8")) as { version: string };
  return `${name} ${version}`;
}
