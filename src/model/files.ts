/** Networks in files: loaded when one is read or written, so that a page that does neither carries nothing for it. */
import type { Preprocessing } from "../data/preprocess/pipeline.ts";
import { writeWhole } from "../ground/files.ts";
import { openSource, pathOf } from "../ground/source.ts";
import type { NetworkDescription } from "./description.ts";
import type { ReadNetwork } from "./formats/from-json.ts";
import { readSaved, savedPieces } from "./formats/json-text.ts";
import type { Learned } from "./learned.ts";

/** All that is written of a network. */
interface Saved {
  readonly description: NetworkDescription;
  readonly preprocessing: Preprocessing | null;
  readonly learned: Learned;
}

/**
 * What is in a file, and the file's name as messages quote it.
 * @throws InvalidInputError if it cannot be read or is no saved network.
 */
export async function loadModel(where: string, from: string | URL): Promise<ReadNetwork & { readonly name: string }> {
  const source = await openSource(where, from);
  return { ...(await readSaved(source)), name: source.name };
}

/** @throws InvalidInputError if it cannot be written, or a parameter is not finite; LanegradError in a page. */
export async function saveModel(
  where: string,
  to: string | URL,
  { description, preprocessing, learned }: Saved,
): Promise<void> {
  await writeWhole(await pathOf(where, to), savedPieces(description, preprocessing, learned));
}
