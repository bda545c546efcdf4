/**
 * What takes part in the benchmark: the rows of its tables, and what a contender's file has to offer. Those that run in
 * JavaScript are files of `contenders/`, those in Python of `python/`. Each is loaded only in child processes that measure
 * it and no other, so that neither the feedback that V8 has collected on another one's code nor its garbage is in the way.
 */
import type { Tier } from "../src/engine/wasm/modules.ts";
import type { Mnist, Recipe } from "./mnist.ts";
import type { OptimizerName, Problem } from "./problem.ts";

/** What the benchmark asks. */
export const questionNames = ["steps", "inference", "accuracy", "startup", "memory"] as const;
export type QuestionName = (typeof questionNames)[number];

export interface Entry {
  readonly name: string;
  readonly language: "javascript" | "python";
  /** `contenders/<file>.ts` or `python/with_<file>.py`. */
  readonly file: string;
  /** For the file: which of its kinds it is to be. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly questions: readonly QuestionName[];
  /** Whose limit its figures are compared with. */
  readonly tier?: Tier;
  readonly threads: number;
  /** If it does not do the same work: what it does. Its results are not compared then. */
  readonly otherWork?: string;
}

/** A training that is ready to be timed. */
export interface Training {
  /** A whole step, done when it returns or its promise resolves: forward, backward, update. */
  step(): unknown;
  /** x^(m) of the first row of the batch, by the parameters as they are. */
  firstOutputs(): ArrayLike<number> | Promise<ArrayLike<number>>;
}

/** A network that is ready to be timed. */
export interface Inference {
  /** x^(m) of every row, [rows, n_m]. */
  run(): ArrayLike<number> | Promise<ArrayLike<number>>;
}

/** What a file of `contenders/` makes. What is missing cannot be had of this contender. */
export interface Contender {
  /** Its version, and how it runs here. */
  readonly version: string;
  train?(problem: Problem, optimizer: OptimizerName): Training | Promise<Training>;
  infer?(problem: Problem): Inference | Promise<Inference>;
  /**
   * Reads the files, trains by the recipe and calls `onEpoch` with the share of test images that it has right, until that
   * returns false.
   */
  learn?(mnist: Mnist, recipe: Recipe, onEpoch: (accuracy: number) => boolean): Promise<void>;
}

/** What such a file exports. */
export interface ContenderFile {
  enter(options: Entry["options"]): Contender | Promise<Contender>;
}

const training: readonly QuestionName[] = ["steps", "inference", "accuracy"];

const own = (["strict", "fused", "wide"] as const).flatMap((tier) =>
  [1, 2].map((threads): Entry => ({
    name: threads === 1 ? tier : `${tier}-${threads}`,
    language: "javascript",
    file: "lanegrad",
    options: { engine: tier, threads },
    questions: training,
    tier,
    threads,
  })),
);

const javascript = (name: string, file: string, options: Entry["options"], questions = training): Entry => ({
  name,
  language: "javascript",
  file,
  options,
  questions,
  threads: 1,
});

const python = (name: string, file: string, options: Entry["options"], threads = 1): Entry => ({
  name,
  language: "python",
  file,
  options: { ...options, threads },
  questions: training,
  threads,
});

/** In the order of the tables' rows. */
export const entries: readonly Entry[] = [
  ...own,
  javascript("float32", "lanegrad", { engine: "float32", threads: 1 }),
  python("pytorch", "torch", { compile: false }),
  python("pytorch-compile", "torch", { compile: true }),
  python("pytorch-2", "torch", { compile: false }, 2),
  python("jax", "jax", {}),
  python("scikit-learn", "sklearn", {}),
  javascript("tfjs-wasm", "tfjs", { backend: "wasm" }),
  javascript("tfjs-cpu", "tfjs", { backend: "cpu" }),
  javascript("jax-js", "jax-js", {}),
  { ...javascript("brain.js", "brain", {}, ["steps", "inference"]), otherWork: "an update after each row" },
  { ...javascript("synaptic", "synaptic", {}, ["steps", "inference"]), otherWork: "an update after each row" },
  javascript("onnxruntime-node", "onnxruntime", { package: "onnxruntime-node" }, ["inference"]),
  javascript("onnxruntime-web", "onnxruntime", { package: "onnxruntime-web" }, ["inference"]),
];

export function entryNamed(name: string): Entry {
  const found = entries.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = entries.map((entry) => entry.name).join(", ");
  throw new Error(`bench: expected a contender (${names}), got ${JSON.stringify(name)}`);
}
