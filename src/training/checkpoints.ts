/** A training written to a file from time to time, and whenever a network is told to. */
import { refuse } from "../ground/errors.ts";
import { writeWhole } from "../ground/files.ts";
import { pathOf } from "../ground/source.ts";
import { checkpointPieces } from "../model/formats/checkpoint.ts";
import type { CheckpointOptions } from "./checkpoint-options.ts";
import type { Fingerprint, Kept } from "./kept.ts";
import type { Learner } from "./learner.ts";
import type { TrainingState } from "./state.ts";

/** How far a training has come. */
interface Progress {
  readonly epochs: number;
  readonly steps: number;
  readonly seconds: number;
}

/** The checkpoints of one training. */
export class Checkpoints {
  readonly #learner: Learner;
  readonly #path: string;
  readonly #every: Omit<CheckpointOptions, "path">;
  #last: Progress | undefined;
  /** The one that is still on its way to the disk. */
  #end: Promise<void> | undefined;

  private constructor(learner: Learner, path: string, options: CheckpointOptions) {
    this.#learner = learner;
    this.#path = path;
    this.#every = options;
  }

  /** @throws InvalidInputError for what is no path, LanegradError in a host without files. */
  static async open(where: string, learner: Learner, options: CheckpointOptions): Promise<Checkpoints> {
    return new Checkpoints(learner, await pathOf(`${where}: checkpoint: path`, options.path), options);
  }

  /** Counts from where it is first asked. */
  isDue(progress: Progress): boolean {
    const { epochs, steps, seconds } = progress;
    const { everyEpochs = Infinity, everyMinutes = Infinity, everySteps = Infinity } = this.#every;
    const last = (this.#last ??= progress);
    return (
      epochs - last.epochs >= everyEpochs ||
      steps - last.steps >= everySteps ||
      seconds - last.seconds >= 60 * everyMinutes
    );
  }

  /** Resolves once the numbers have been read, so that training may go on: the next one waits for this to be on the disk. */
  async write(progress: Progress, kept: Kept): Promise<void> {
    await this.#end;
    this.#last = progress;
    this.#end = (await begin(this.#path, this.#learner, kept)).end;
  }

  /** Writes the last one, if something has changed, and waits until it is on the disk. */
  async finish(progress: Progress, kept: Kept): Promise<void> {
    if (this.#end === undefined || progress.steps > this.#last!.steps) await this.write(progress, kept);
    await this.#end;
  }
}

/** Writes where the network's training stands, or what its last one has left; it takes no step while numbers are read. */
export async function writeCheckpoint(where: string, learner: Learner, to: string | URL): Promise<void> {
  learner.admit("ask");
  const path = await pathOf(where, to);
  const { end } = await learner.hold(async () => {
    const { kept } = learner;
    return kept ? begin(path, learner, kept) : refuse(where, "a network that is in training, or has been", "another");
  });
  await end;
}

interface Content {
  readonly description: unknown;
  readonly preprocessing: unknown;
  readonly fingerprint: Fingerprint;
  readonly state: TrainingState;
}

/** Resolves when the numbers have been read, with what resolves when the file is on the disk. */
async function begin(path: string, learner: Learner, kept: Kept): Promise<{ readonly end: Promise<void> }> {
  const { description, preprocessing } = learner;
  const fingerprint = await kept.fingerprint();
  const content: Content = { description, preprocessing, fingerprint, state: kept.state() };
  let tell!: () => void;
  const isRead = new Promise<void>((resolve) => (tell = resolve));
  function* pieces() {
    try {
      yield* checkpointPieces(content);
    } finally {
      tell();
    }
  }
  const end = writeWhole(path, pieces());
  end.catch(() => {}); // whoever waits for it is told
  await Promise.race([isRead, end]);
  return { end };
}
