/** Files on disk, for hosts that have them. */
import { refuse } from "./errors.ts";
import { importNode } from "./host.ts";

/**
 * Writes a file whole: to a temporary name beside it, which then takes the old file's place.
 * @throws InvalidInputError if that is not possible; the old file is still there then.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.${Math.random().toString(36).slice(2)}.partial`;
  const { rename, rm, writeFile } = await importNode("fs/promises");
  try {
    await writeFile(partial, text);
    await rename(partial, path);
  } catch (cause) {
    // Where the path itself cannot be, there is nothing to remove either.
    await rm(partial, { force: true }).catch(() => {});
    refuse(path, "a file that can be written", (cause as Error).message);
  }
}
