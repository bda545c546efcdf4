/** Time to accuracy: every contender that can follow the recipe learns MNIST, seed after seed. */
import type { Entry } from "./contender.ts";
import { accuracyTargets, mnistFiles, type Recipe } from "./mnist.ts";
import type { Worker } from "./processes.ts";
import { middle } from "./rounds.ts";
import type { Milestone } from "./task.ts";

export interface Learning {
  readonly contender: string;
  /** One list for each seed. */
  readonly runs: readonly (readonly Milestone[])[];
  readonly failure?: string;
}

/** The most that a contender may take for one seed. */
const SECONDS = 120;

export async function measureLearning(
  entries: readonly Entry[],
  workers: ReadonlyMap<string, Worker>,
  folder: string,
  recipeOf: (seed: number) => Recipe,
  seeds: number,
  onProgress: (done: number, total: number, what: string) => void,
): Promise<Learning[]> {
  const able = entries.filter(({ name, questions }) => questions.includes("accuracy") && workers.has(name));
  const runs = new Map<string, Milestone[][]>(able.map(({ name }) => [name, []]));
  const failures = new Map<string, string>();
  let done = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    for (const { name } of able) {
      onProgress(done++, seeds * able.length, `accuracy, ${name}, seed ${seed}`);
      if (failures.has(name)) continue;
      const task = {
        question: "accuracy",
        mnist: mnistFiles(folder),
        recipe: recipeOf(seed),
        until: Math.max(...accuracyTargets),
        seconds: SECONDS,
      } as const;
      try {
        const { milestones } = await workers.get(name)!.ask(task, 2 * SECONDS);
        runs.get(name)!.push([...milestones]);
        // Who is too slow once is not asked again.
        if (milestones.at(-1)!.seconds >= SECONDS) failures.set(name, `more than ${SECONDS} s`);
      } catch (failure) {
        failures.set(name, (failure as Error).message);
      }
    }
  }
  onProgress(done, done, "");
  return able.map(({ name }) => {
    const failure = failures.get(name);
    return { contender: name, runs: runs.get(name)!, ...(failure !== undefined && { failure }) };
  });
}

/** Seconds and epochs until the share was reached, each the median over seeds; undefined if one of them did not. */
export function timeTo(target: number, { runs }: Learning): { seconds: number; epochs: number } | undefined {
  const reached = runs.map((run) => {
    const epoch = run.findIndex(({ accuracy }) => accuracy >= target);
    return epoch < 0 ? undefined : { seconds: run[epoch]!.seconds, epochs: epoch + 1 };
  });
  const all = reached.filter((at) => at !== undefined);
  if (all.length === 0 || all.length < runs.length) return undefined;
  return { seconds: middle(all.map(({ seconds }) => seconds)), epochs: middle(all.map(({ epochs }) => epochs)) };
}
