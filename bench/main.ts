/**
 * `npm run bench`: the contenders on the same work, in one run. `--quick` is a rough look in under a minute; `--only
 * xor,wide` takes some workloads, `--contenders wide,pytorch` some contenders, `--questions steps,inference` some of what
 * is asked; `--runtime node24` runs JavaScript with a Node of test/conformance/runtimes; `--render` measures nothing and
 * writes tables and plot from the last whole run. LANEGRAD_PYTHON names the Python that has what is written in it.
 */
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { measureLearning } from "./accuracy.ts";
import { entries, type Entry, entryNamed, type QuestionName, questionNames } from "./contender.ts";
import { readResult, writeIntoReadme, writeResult, writeResultFile } from "./files.ts";
import { HEAP_NOISE } from "./memory.ts";
import { drawSteps } from "./plot.ts";
import { bundleChild, findNode, installPeers, mnistFolder, writeNumbers, writeRecipe } from "./prepare.ts";
import { optimizerNames } from "./problem.ts";
import { nodeWorker, pythonWorker, type Worker } from "./processes.ts";
import { machine } from "./report.ts";
import { askVersions, runRounds } from "./rounds.ts";
import { type Workload, workloadNamed, workloads } from "./shapes.ts";
import { measureStartup } from "./startup.ts";
import type { Exercise } from "./task.ts";
import { describeRun, readmeSection, type Run } from "./tables.ts";

interface Choice {
  readonly isWhole: boolean;
  readonly questions: readonly QuestionName[];
  readonly workloads: readonly Workload[];
  readonly entries: readonly Entry[];
  readonly rounds: number;
  readonly effort: { readonly warmup: number; readonly time: number; readonly samples: number };
  /** The most that an answer may take. */
  readonly seconds: number;
}

const thorough = { rounds: 2, effort: { warmup: 100, time: 150, samples: 3 }, seconds: 20 };
const rough = { rounds: 1, effort: { warmup: 80, time: 120, samples: 2 }, seconds: 15 };
/** Without peers that have to be installed, and without the slow ones. */
const roughEntries = ["strict", "fused", "wide", "pytorch", "jax"];

const inferenceBatches = [1, 64];

function exercisesOf({ questions, workloads: chosen }: Choice): Exercise[] {
  return chosen.flatMap((workload): Exercise[] => [
    ...(questions.includes("steps")
      ? optimizerNames.map((optimizer): Exercise => ({ question: "steps", workload, optimizer }))
      : []),
    // Each network once.
    ...(questions.includes("inference") && workload.name !== "titanic" && workload.name !== "mnist-128-large"
      ? inferenceBatches.map((batch): Exercise => ({ question: "inference", workload: { ...workload, batch } }))
      : []),
  ]);
}

async function measure(choice: Choice, node: string): Promise<Run> {
  const needsPeers = choice.entries.some(({ language, file }) => language === "javascript" && file !== "lanegrad");
  if (needsPeers || choice.questions.includes("accuracy")) installPeers();
  const bundle = await bundleChild();
  const all = new Map<string, Worker>(
    choice.entries.map((entry) => [
      entry.name,
      entry.language === "python" ? pythonWorker(entry) : nodeWorker(entry, node, bundle),
    ]),
  );
  try {
    return await measureWith(choice, node, all);
  } finally {
    for (const worker of all.values()) worker.stop();
  }
}

async function measureWith(choice: Choice, node: string, all: ReadonlyMap<string, Worker>): Promise<Run> {
  const { questions, rounds, effort, seconds } = choice;
  const answers = [...(await askVersions(all))];
  const versions = answers.flatMap(([name, answer]) => (answer instanceof Error ? [] : [[name, answer.version]]));
  const absent = answers.flatMap(([name, answer]) => (answer instanceof Error ? [[name, answer.message]] : []));
  const workers = new Map([...all].filter(([name]) => versions.some(([known]) => known === name)));
  const limits = await measureLimits(choice, workers);
  const plan = { exercises: exercisesOf(choice), entries: choice.entries, rounds, effort, seconds };
  const results = await runRounds(plan, workers, writeNumbers, showProgress);
  const learning = questions.includes("accuracy")
    ? await measureLearning(choice.entries, workers, mnistFolder, writeRecipe, rounds, showProgress)
    : [];
  const nodes = new Set([node, process.execPath]);
  const startups = questions.includes("startup") ? [...nodes].map((one) => measureStartup(one, 5 * rounds)) : [];
  const memory = questions.includes("memory") ? await measureMemory(choice, workers) : [];
  return {
    machine: machine(JSON.parse(execFileSync(node, ["-p", "JSON.stringify(process.versions)"], { encoding: "utf8" }))),
    flags: flagsOf(choice.entries),
    rounds,
    versions: Object.fromEntries(versions),
    absent: Object.fromEntries(absent),
    limits,
    results,
    learning,
    startups,
    memory,
  };
}

/** Of every tier that takes part: the best of some processes, for the head of the report and the line in the plot. */
async function measureLimits({ entries: chosen, rounds }: Choice, workers: ReadonlyMap<string, Worker>) {
  const limits: Record<string, number> = {};
  for (const { name, tier, threads } of chosen) {
    if (tier === undefined || threads > 1 || !workers.has(name)) continue;
    for (let round = 0; round < rounds; round++) {
      const { limit } = await workers.get(name)!.ask({ question: "limit", tier }, 30);
      limits[tier] = Math.max(limit, limits[tier] ?? 0);
    }
  }
  return limits;
}

async function measureMemory(
  { entries: chosen }: Choice,
  workers: ReadonlyMap<string, Worker>,
): Promise<Run["memory"]> {
  const cases = [
    { workload: { ...workloadNamed("titanic"), batch: 32 }, steps: 100_000 },
    { workload: workloadNamed("mnist-128"), steps: 2000 },
  ];
  const rows: Run["memory"][number][] = [];
  for (const { workload, steps } of cases) {
    for (const { name, tier, threads } of chosen) {
      if (tier === undefined || threads > 1 || !workers.has(name)) continue;
      const figures = await workers.get(name)!.ask({ question: "memory", tier, workload, steps }, 60);
      rows.push({ ...figures, tier, workload: workload.name });
      if (figures.linearAfter > figures.linearBefore || figures.heapGrowth > HEAP_NOISE) process.exitCode = 1;
    }
  }
  return rows;
}

function flagsOf(chosen: readonly Entry[]): string[] {
  const hasPython = chosen.some(({ language }) => language === "python");
  const python =
    "Python on one thread: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1, torch.set_num_threads(1), " +
    'XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1", taskset -c 0 where there is taskset';
  return [
    "Node without flags; wide sets V8's while it is compiled",
    ...(hasPython ? [python, "OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE unset"] : []),
  ];
}

let shown = 0;

function showProgress(done: number, total: number, what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${done} of ${total} ${what}${done === total ? "\n" : ""}`);
  else if (done === total || performance.now() - shown > 30_000) {
    shown = performance.now();
    console.error(`${done} of ${total} ${what}`);
  }
}

async function writeReport(run: Run): Promise<void> {
  await writeResultFile("steps.svg", drawSteps(run.results, run.limits));
  await writeIntoReadme("bench", readmeSection(run));
}

function list<T>(text: string | undefined, all: readonly T[], find: (name: string) => T): readonly T[] {
  return text === undefined ? all : text.split(",").map(find);
}

function questionNamed(name: string): QuestionName {
  if ((questionNames as readonly string[]).includes(name)) return name as QuestionName;
  throw new Error(`bench: expected a question (${questionNames.join(", ")}), got ${JSON.stringify(name)}`);
}

const usage = `npm run bench -- [options]
  --quick             a rough look in under a minute
  --only names        workloads: ${workloads.map(({ name }) => name).join(", ")}
  --contenders names  ${entries.map(({ name }) => name).join(", ")}
  --questions names   ${questionNames.join(", ")}
  --runtime name      a Node of test/conformance/runtimes: node22, node24, node26
  --render            write tables and plot from the last whole run
Names are joined by commas. LANEGRAD_PYTHON names the Python that has PyTorch, JAX and scikit-learn.`;

function optionsOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        only: { type: "string" },
        contenders: { type: "string" },
        runtime: { type: "string" },
        questions: { type: "string" },
        render: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\n\n${usage}`);
    return process.exit(2);
  }
}

const { quick, only, contenders, runtime, questions, render, help } = optionsOf(process.argv.slice(2));

if (help) console.log(usage);
else if (render) await writeReport(await readResult<Run>("bench"));
else {
  const choice: Choice = {
    isWhole: !quick && only === undefined && contenders === undefined && questions === undefined,
    questions: list(questions, quick ? ["steps"] : questionNames, questionNamed),
    workloads: list(only, workloads, workloadNamed),
    entries: list(contenders, quick ? roughEntries.map(entryNamed) : entries, entryNamed),
    ...(quick ? rough : thorough),
  };
  const run = await measure(choice, findNode(runtime));
  console.log(describeRun(run));
  // Some of the work, or a rough look, takes no whole run's place.
  await writeResult(choice.isWhole ? "bench" : "partial", run);
  if (choice.isWhole) await writeReport(run);
}
