/**
 * `npm run bench:compare -- OLD`: this build against an older one, interleaved in one process, over every workload with SGD
 * and Adam. OLD is the folder of a checkout that is built. `--engine wide` takes another tier than `fused`, `--rounds 5` is
 * how often the two take turns, `--only xor,wide` takes some workloads. A training of full-batch steps goes through the
 * public class, as a user's does.
 */
import { cpus } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type * as Library from "../src/index.ts";
import { drawProblem, LEARNING_RATES, type OptimizerName, optimizerNames, type Problem } from "./problem.ts";
import { describeWorkload, descriptionOf, type Workload, workloadNamed, workloads } from "./shapes.ts";

/** Milliseconds that a turn takes, about. */
const TURN = 150;
/** Turns of each build in a round, of which the best counts. */
const TURNS = 4;

interface Build {
  /** Milliseconds that so many steps take. */
  run(steps: number): Promise<number>;
}

async function open(folder: string, engine: string, problem: Problem, optimizer: OptimizerName): Promise<Build> {
  const url = pathToFileURL(resolve(folder, "dist/index.js")).href;
  const library = (await import(url)) as typeof Library;
  const description = descriptionOf(problem.widths);
  const network = await library.Network.create({ ...description, engine: engine as Library.EngineName });
  if (network.engine.tier !== engine)
    throw new Error(`bench: expected the engine ${engine}, got ${network.engine.why}`);
  const { inputs, targets, shape } = problem;
  const data = library.Dataset.from({ inputs, inputWidth: shape.inputs, targets, targetWidth: shape.outputs });
  const rule = library[optimizer]({ learningRate: LEARNING_RATES[optimizer] });
  return {
    async run(steps) {
      network.parameters.set(problem.parameters);
      const start = performance.now();
      await network.fit(data, { epochs: steps, batchSize: "full", optimizer: rule });
      return performance.now() - start;
    },
  };
}

/** So many steps as take a turn. */
async function countSteps(build: Build): Promise<number> {
  for (let steps = 1; ; steps *= 2) {
    const time = await build.run(steps);
    if (time > TURN / 2) return Math.max(1, Math.round((steps * TURN) / time));
  }
}

/** The new build's time by the old one's, of each round. */
async function compare(before: Build, after: Build, rounds: number): Promise<number[]> {
  const steps = await countSteps(before);
  await after.run(steps);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let [first, second] = [Infinity, Infinity];
    for (let turn = 0; turn < TURNS; turn++) {
      first = Math.min(first, await before.run(steps));
      second = Math.min(second, await after.run(steps));
    }
    ratios.push(second / first);
  }
  return ratios.sort((a, b) => a - b);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: "string", default: "fused" },
      rounds: { type: "string", default: "5" },
      only: { type: "string" },
    },
  });
  const [old] = positionals;
  if (old === undefined) throw new Error("bench: expected the folder of an older build, got none");
  const chosen: readonly Workload[] = values.only?.split(",").map(workloadNamed) ?? workloads;
  console.log(
    `${values.engine} on Node ${process.versions.node}, ${cpus()[0]!.model}; new by old, median (least to most)`,
  );
  for (const workload of chosen) {
    for (const optimizer of optimizerNames) {
      const problem = drawProblem(workload);
      const [before, after] = [
        await open(old, values.engine, problem, optimizer),
        await open(".", values.engine, problem, optimizer),
      ];
      const ratios = await compare(before, after, Number(values.rounds));
      const [least, median, most] = [ratios[0]!, ratios[ratios.length >> 1]!, ratios.at(-1)!].map((x) => x.toFixed(3));
      console.log(`${`${describeWorkload(workload)}, ${optimizer}`.padEnd(34)} ${median} (${least} to ${most})`);
    }
  }
}

await main();
