/** A network and its training from a file: loaded when one is read. */
import type { Preprocessing } from "../data/preprocess/pipeline.ts";
import { refuse, show } from "../ground/errors.ts";
import { isFloats } from "../ground/floats.ts";
import { openSource } from "../ground/source.ts";
import type { NetworkDescription } from "../model/description.ts";
import { readCheckpoint } from "../model/formats/checkpoint.ts";
import { readHead } from "../model/formats/from-json.ts";
import type { Learned } from "../model/learned.ts";
import { networkShape } from "../model/shape.ts";
import { type Fingerprint, type Kept, shownOf } from "./kept.ts";
import type { TrainingState } from "./state.ts";

/** What is in a file: what a network is, what it has learned of columns, and what its training has left. */
export interface Checkpoint {
  /** As messages quote the file. */
  readonly name: string;
  readonly description: NetworkDescription;
  readonly preprocessing: Preprocessing | null;
  readonly kept: Kept;
  /** What the network had learned, and the layers, from 0, that its training leaves alone. */
  readonly learned: Learned;
  readonly frozen: readonly number[];
}

/** @throws InvalidInputError if it cannot be read, or is no checkpoint, or a part of one, or one that has been changed. */
export async function loadCheckpoint(where: string, from: string | URL): Promise<Checkpoint> {
  const source = await openSource(where, from);
  return checkCheckpoint(source.name, await readCheckpoint(source));
}

/**
 * From what a file holds.
 * @throws InvalidInputError naming the part that is missing or wrong. What only a training can judge is for it to look at.
 */
export function checkCheckpoint(name: string, content: unknown): Checkpoint {
  const { description: given, preprocessing: known, state, fingerprint } = Object(content) as Record<string, unknown>;
  const head = { format: "lanegrad", version: 1, description: given, preprocessing: known };
  const { description, preprocessing } = readHead(head, name);
  const { session } = Object(state) as Partial<TrainingState>;
  if (Object(session) !== session || Object(fingerprint) !== fingerprint)
    refuse(name, "the state of a training", "none");
  const left = state as TrainingState;
  checkArenas(name, description, left);
  const learned = shownOf(left);
  checkArenas(name, description, learned);
  const frozen = checkFrozen(name, description, left.session.frozen);
  const kept: Kept = {
    state: () => left,
    fingerprint: async () => fingerprint as Fingerprint,
  };
  return { name, description, preprocessing, kept, learned, frozen };
}

function checkArenas(name: string, description: NetworkDescription, of: Learned): void {
  const { parameters, statistics } = Object(of) as Partial<Learned>;
  const { parameterCount, statisticsCount } = networkShape(description);
  if (!isFloats(parameters) || parameters.length !== parameterCount) {
    refuse(name, `${parameterCount} parameters, as described`, show(parameters));
  }
  if (!isFloats(statistics) || statistics.length !== statisticsCount) {
    refuse(name, `${statisticsCount} statistics, as described`, show(statistics));
  }
}

function checkFrozen(name: string, description: NetworkDescription, frozen: unknown): readonly number[] {
  // Those of the description, and one more where it has heads.
  const { layers } = networkShape(description);
  const isLayer = (k: unknown) => Number.isSafeInteger(k) && (k as number) >= 0 && (k as number) < layers.length;
  return Array.isArray(frozen) && frozen.every(isLayer)
    ? frozen
    : refuse(name, `a list of frozen layers, each from 0 to ${layers.length - 1}`, show(frozen));
}
