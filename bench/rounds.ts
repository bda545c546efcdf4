/** Runs the contenders by turns, so that a busy moment of the machine hits all alike, and gathers what they answer. */
import type { Entry } from "./contender.ts";
import type { Worker } from "./processes.ts";
import { sameWork } from "./same-work.ts";
import { forwardFlops, stepFlops, type Workload } from "./shapes.ts";
import type { Answers, Exercise, Task, Timed } from "./task.ts";
import type { Effort, Timing } from "./timing.ts";

/** What all rounds of a contender came to in an exercise. */
export interface Result extends Exercise {
  readonly contender: string;
  /** Microseconds: the median over rounds of the medians, and the best sample of all. None if there was no answer. */
  readonly median?: number;
  readonly best?: number;
  /** Of lanegrad's tiers on one thread: the median over rounds of the median's share of the limit measured beside it. */
  readonly share?: number;
  /** Why there are no times; or, beside them, why they are not those of the same work. */
  readonly remark?: string;
}

export interface Plan {
  readonly exercises: readonly Exercise[];
  readonly entries: readonly Entry[];
  readonly rounds: number;
  readonly effort: Effort;
  /** The most that an answer may take. */
  readonly seconds: number;
}

/** Where a problem's numbers lie: see `writeNumbers`. */
type Numbers = (workload: Workload) => string;

export async function runRounds(
  plan: Plan,
  workers: ReadonlyMap<string, Worker>,
  numbers: Numbers,
  onProgress: (done: number, total: number, what: string) => void,
): Promise<Result[]> {
  const jobs = plan.exercises.flatMap((exercise) =>
    plan.entries
      .filter((entry) => entry.questions.includes(exercise.question))
      .map((entry) => new Job(exercise, entry, workers.get(entry.name))),
  );
  let done = 0;
  for (let round = 0; round < plan.rounds; round++) {
    for (const job of jobs) {
      onProgress(done++, plan.rounds * jobs.length, `${describe(job.exercise)}, ${job.entry.name}`);
      await job.run(plan, numbers);
    }
  }
  onProgress(done, done, "");
  return jobs.map((job) => job.result());
}

function describe({ question, workload, optimizer }: Exercise): string {
  return `${question} ${workload.name} ${optimizer ?? workload.batch}`;
}

function flopsOf({ question, workload }: Exercise): number {
  return question === "steps" ? stepFlops(workload) : forwardFlops(workload);
}

/** A contender in an exercise. */
class Job {
  readonly exercise: Exercise;
  readonly entry: Entry;
  readonly #worker: Worker | undefined;
  readonly #timings: Timing[] = [];
  readonly #shares: number[] = [];
  #remark: string | undefined;
  #failed = false;

  constructor(exercise: Exercise, entry: Entry, worker: Worker | undefined) {
    this.exercise = exercise;
    this.entry = entry;
    this.#worker = worker;
    this.#remark = entry.otherWork;
  }

  async run({ effort, seconds }: Plan, numbers: Numbers): Promise<void> {
    if (this.#worker === undefined || this.#failed) return;
    const { question, workload, optimizer = "sgd" } = this.exercise;
    const written = this.entry.language === "python" ? { numbers: numbers(workload) } : {};
    const task: Task =
      question === "steps"
        ? { question, workload, optimizer, effort, ...written }
        : { question, workload, effort, ...written };
    try {
      await this.#take(await this.#worker.ask(task, seconds));
    } catch (failure) {
      this.#failed = true;
      this.#remark = (failure as Error).message;
    }
  }

  async #take({ timing, outputs, limit }: Timed): Promise<void> {
    this.#timings.push(timing);
    if (limit !== undefined) this.#shares.push(flopsOf(this.exercise) / (timing.median / 1e6) / limit);
    if (this.entry.otherWork !== undefined || this.#timings.length > 1) return;
    this.#remark = await sameWork(this.exercise, outputs);
  }

  result(): Result {
    const result = { ...this.exercise, contender: this.entry.name, ...(this.#remark && { remark: this.#remark }) };
    if (this.#worker === undefined) return { ...result, remark: "absent" };
    if (this.#timings.length === 0) return result;
    return {
      ...result,
      ...summarize(this.#timings),
      ...(this.#shares.length > 0 && { share: middle(this.#shares) }),
    };
  }
}

function summarize(timings: readonly Timing[]): { median: number; best: number } {
  return { median: middle(timings.map(({ median }) => median)), best: Math.min(...timings.map(({ best }) => best)) };
}

export function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Contender by contender: its version, or why it is absent. */
export async function askVersions(
  workers: ReadonlyMap<string, Worker>,
): Promise<Map<string, Answers["version"] | Error>> {
  const versions = new Map<string, Answers["version"] | Error>();
  for (const [name, worker] of workers) {
    versions.set(name, await worker.ask({ question: "version" }, 120).catch((failure: Error) => failure));
  }
  return versions;
}
