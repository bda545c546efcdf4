/** When a training is written to a file. */
import { checkNumber, checkOptions, refuse, show } from "../ground/errors.ts";

export interface CheckpointOptions {
  /** Of the file, which always has the last one; or its file: URL. */
  readonly path: string | URL;
  /**
   * After so many epochs, minutes of work or steps there is to be another; of several, whichever comes first. Steps and
   * minutes are looked at between two slices of work. Default: after each epoch.
   */
  readonly everyEpochs?: number;
  readonly everyMinutes?: number;
  readonly everySteps?: number;
}

export function checkCheckpointOptions(where: string, given: unknown): CheckpointOptions | undefined {
  if (given === undefined) return undefined;
  checkOptions(where, given, ["path", "everyEpochs", "everyMinutes", "everySteps"]);
  const { path, ...every } = { ...(given as CheckpointOptions) };
  if (path === undefined) refuse(`${where}: path`, "the path of a file, or its file: URL", show(path));
  const checked = Object.entries(every)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const bounds = name === "everyMinutes" ? { above: 0 } : { integer: true, min: 1 };
      return [name, checkNumber(`${where}: ${name}`, value, bounds)];
    });
  return { path, ...(checked.length > 0 ? Object.fromEntries(checked) : { everyEpochs: 1 }) };
}
