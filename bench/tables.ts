/** What the terminal and the README show of a run. */
import { type Learning, timeTo } from "./accuracy.ts";
import { entries, entryNamed } from "./contender.ts";
import { accuracyTargets, recipe } from "./mnist.ts";
import { type OptimizerName, optimizerNames } from "./problem.ts";
import { figure, type machine, machineLine, table } from "./report.ts";
import type { Result } from "./rounds.ts";
import type { Exercise } from "./task.ts";
import { describeWorkload, workloadNamed, workloads } from "./shapes.ts";
import type { Startup } from "./startup.ts";
import type { MemoryFigures } from "./task.ts";

/** bench/results/bench.json */
export interface Run {
  readonly machine: ReturnType<typeof machine>;
  readonly flags: readonly string[];
  readonly rounds: number;
  /** By contender: its version, or why it is absent. */
  readonly versions: Readonly<Record<string, string>>;
  readonly absent: Readonly<Record<string, string>>;
  /** By tier, floating-point operations a second on one core. */
  readonly limits: Readonly<Record<string, number>>;
  readonly results: readonly Result[];
  readonly learning: readonly Learning[];
  readonly startups: readonly Startup[];
  readonly memory: readonly (MemoryFigures & { readonly tier: string; readonly workload: string })[];
}

const inferenceBatches = [1, 64] as const;

type Question = { readonly optimizer: OptimizerName } | { readonly batch: number };

/** Everything, for the terminal. */
export function describeRun(run: Run): string {
  const parts = [head(run)];
  for (const optimizer of optimizerNames) parts.push(section(run, { optimizer }));
  for (const batch of inferenceBatches) parts.push(section(run, { batch }));
  if (run.learning.length > 0) parts.push(learningTable(run));
  if (run.startups.length > 0) parts.push(startupLines(run));
  if (run.memory.length > 0) parts.push(memoryTable(run));
  return parts.filter((part) => part !== "").join("\n\n");
}

function head({ machine, flags, versions, absent, limits, rounds }: Run): string {
  return [
    machineLine(machine),
    ...flags,
    ...Object.entries(versions).map(([name, version]) => `${name.padEnd(16)} ${version}`),
    ...Object.entries(absent).map(([name, reason]) => `${name.padEnd(16)} absent: ${reason}`),
    ...Object.entries(limits).map(([tier, limit]) => `limit of ${tier}: ${figure(limit / 1e9)} GFLOP/s on one core`),
    `${rounds} rounds`,
  ].join("\n");
}

function section(run: Run, question: Question): string {
  const results = run.results.filter((result) => isAbout(result, question));
  if (results.length === 0) return "";
  const title =
    "optimizer" in question ? `a training step with ${question.optimizer}` : `inference, ${question.batch} rows`;
  const columns = workloads.filter(({ name }) => results.some(({ workload }) => workload.name === name));
  const rows = entries
    .filter(({ name }) => results.some(({ contender }) => contender === name))
    .map(({ name }) => [
      name,
      ...columns.map((column) => {
        const result = results.find((r) => r.contender === name && r.workload.name === column.name);
        return result === undefined ? "" : longCell(result);
      }),
    ]);
  const notes = notesOf(results.filter(({ remark }) => remark !== "absent"));
  return [
    `${title}: microseconds, the median (of the tier's limit)`,
    table([title, ...columns.map(({ name }) => name)], rows),
    ...notes,
  ].join("\n");
}

function isAbout({ question, optimizer, workload }: Exercise, about: Question): boolean {
  return "optimizer" in about
    ? question === "steps" && optimizer === about.optimizer
    : question === "inference" && workload.batch === about.batch;
}

/** "121 (62 %)"; a star says that there is a note. */
function longCell(result: Result): string {
  const { share } = result;
  const cell = shortCell(result);
  return share === undefined ? cell : `${cell} (${(share * 100).toFixed(0)} %)`;
}

function shortCell({ median, remark }: Result): string {
  if (median === undefined) return remark === undefined || remark === "absent" ? "absent" : briefly(remark);
  return `${figure(median)}${remark === undefined ? "" : "*"}`;
}

function briefly(remark: string): string {
  const late = /^more than (\d+ s)$/.exec(remark);
  return late ? `> ${late[1]}` : remark.startsWith("it has no") ? "none" : "failed";
}

/** Remark by remark, whose it is. */
function notesOf(results: readonly Result[]): string[] {
  const notes = new Map<string, string[]>();
  for (const { contender, workload, remark, median } of results) {
    if (remark === undefined) continue;
    const isGeneral = remark === entryNamed(contender).otherWork;
    const whose = isGeneral ? contender : `${contender} (${workload.name})`;
    const note = `${median === undefined ? "" : "* "}${remark}`;
    const names = notes.get(note) ?? [];
    if (!names.includes(whose)) names.push(whose);
    notes.set(note, names);
  }
  return [...notes].map(([note, names]) => `${note}: ${names.join(", ")}`);
}

function percent(target: number): string {
  return `${Number((target * 100).toFixed(1))} %`;
}

function learningTable({ learning }: Run): string {
  const rows = learning.map((entry) => [
    entry.contender,
    ...accuracyTargets.map((target) => {
      const reached = timeTo(target, entry);
      if (reached !== undefined) return `${figure(reached.seconds)} s, ${reached.epochs} epochs`;
      return entry.failure === undefined ? "not reached" : briefly(entry.failure);
    }),
  ]);
  const failures = learning
    .filter(({ failure }) => failure !== undefined)
    .map(({ contender, failure }) => `${contender}: ${failure}`);
  const { hidden, batch, learningRate } = recipe;
  return [
    `MNIST, 784-${hidden}-10, Adam at ${learningRate}, ${batch} rows a batch: from opening the files until the accuracy on the test images`,
    table(["time to accuracy", ...accuracyTargets.map(percent)], rows),
    ...failures,
  ].join("\n");
}

function startupLines({ startups }: Run): string {
  return startups
    .map(
      ({ node, empty, firstStep }) =>
        `startup, Node ${node}: import, create and first step take ${figure(firstStep - empty)} ms more than the ` +
        `${figure(empty)} ms of an empty script`,
    )
    .join("\n");
}

function memoryTable({ memory }: Run): string {
  const rows = memory.map(({ workload, tier, steps, linearBefore, linearAfter, heapGrowth }) => [
    workload,
    tier,
    ...[steps, linearBefore, linearAfter - linearBefore, heapGrowth].map((value) => value.toLocaleString("en")),
  ]);
  const columns = ["bytes", "tier", "steps", "linear memory", "its growth", "growth of V8's heap"];
  return table(columns, rows, 2);
}

/** Between the marks of the README. */
export function readmeSection(run: Run): string {
  const results = run.results.filter((result) => isAbout(result, { optimizer: "sgd" }));
  const columns = workloads.filter(({ name }) => results.some(({ workload }) => workload.name === name));
  const shown = entries.filter(({ name, threads }) => threads === 1 && results.some((r) => isTimed(r, name)));
  const rows = shown.map(({ name }) => [
    label(name),
    ...columns.map((column) => {
      const result = results.find((r) => r.contender === name && r.workload.name === column.name);
      return result === undefined ? "" : shortCell(result);
    }),
  ]);
  const limits = ["of `wide`'s limit", ...columns.map(({ name }) => shareOfWide(results, name))];
  const heads = columns.map(describeWorkload);
  const absent = Object.keys(run.absent);
  return [
    `Microseconds a training step with SGD, by network and rows in the batch, on one thread of ${machineLine(run.machine)}:`,
    table(["", ...heads], [...rows, limits]),
    [
      ...notesOf(results.filter(({ median, remark }) => median !== undefined && remark !== undefined)).map(
        (note) => `${note.replaceAll("* ", "\\* ")}.`,
      ),
      ...(absent.length > 0 ? [`Absent from this run: ${absent.join(", ")}.`] : []),
    ].join(" "),
    summaryLines(run)
      .map((line) => `- ${line}`)
      .join("\n"),
    `\`bench/results/steps.svg\`, in the package too, shows the time of a training step against the floating-point operations in it, both on logarithmic scales, a line for each contender.`,
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function isTimed({ contender, median }: Result, name: string): boolean {
  return contender === name && median !== undefined;
}

function label(name: string): string {
  return entryNamed(name).file === "lanegrad" ? `**lanegrad** \`${name}\`` : name;
}

function shareOfWide(results: readonly Result[], workload: string): string {
  const share = results.find((r) => r.contender === "wide" && r.workload.name === workload)?.share;
  return share === undefined ? "" : `${(share * 100).toFixed(0)} %`;
}

function summaryLines(run: Run): string[] {
  const { startups, learning } = run;
  return [
    adamLine(run),
    threadsLine(run),
    inferenceLine(run),
    learningLine(learning),
    ...startups.map(({ node, empty, firstStep }) => {
      const more = figure(firstStep - empty);
      return `Startup: import, create and a first step of 784-128-10 take ${more} ms more than an empty script on Node ${node}.`;
    }),
  ].filter((line) => line !== "");
}

/** The median of a contender, if it has one. */
function medianOf(run: Run, contender: string, workload: string, question: Question): number | undefined {
  return run.results.find((r) => r.contender === contender && r.workload.name === workload && isAbout(r, question))
    ?.median;
}

/** PyTorch's better one, eager or compiled. */
function pytorchOf(run: Run, workload: string, question: Question): number | undefined {
  const both = ["pytorch", "pytorch-compile"].map((name) => medianOf(run, name, workload, question));
  const known = both.filter((median) => median !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function adamLine(run: Run): string {
  const figures = workloads.map(({ name }) => medianOf(run, "wide", name, { optimizer: "adam" }));
  if (figures.some((median) => median === undefined)) return "";
  const ratios = workloads.map(({ name }, w) => {
    const torch = pytorchOf(run, name, { optimizer: "adam" });
    return torch === undefined ? undefined : `${figure(torch / figures[w]!)}`;
  });
  const against = ratios.every((ratio) => ratio !== undefined)
    ? `; PyTorch, eager or compiled, whichever is better, takes ${ratios.join(", ")} times as long`
    : "";
  return `Adam: \`wide\` takes ${figures.map((median) => figure(median!)).join(", ")} microseconds on these${against}.`;
}

function threadsLine(run: Run): string {
  const gains = workloads.flatMap((workload) => {
    const [one, two] = ["wide", "wide-2"].map((c) => medianOf(run, c, workload.name, { optimizer: "sgd" }));
    if (one === undefined || two === undefined || one / two < 1.1) return [];
    return `${figure(one / two)} times as fast on ${describeWorkload(workload)}`;
  });
  return gains.length === 0 ? "" : `Two threads: \`wide\` is ${gains.join("; ")}.`;
}

function inferenceLine(run: Run): string {
  const cases = [
    ["xor", 1],
    ["mnist-128", 1],
    ["mnist-128", 64],
  ] as const;
  const parts = cases.flatMap(([workload, batch]) => {
    const mine = medianOf(run, "wide", workload, { batch });
    const peer = medianOf(run, "onnxruntime-node", workload, { batch });
    if (mine === undefined || peer === undefined) return [];
    return `${describeWorkload({ ...workloadNamed(workload), batch })}: ${figure(mine)} microseconds, ONNX Runtime for Node ${figure(peer)}`;
  });
  return parts.length === 0 ? "" : `Inference with \`wide\`: ${parts.join("; ")}.`;
}

function learningLine(learning: readonly Learning[]): string {
  const [first, last] = accuracyTargets;
  const parts = learning.flatMap((entry) => {
    const [a, b] = [timeTo(first, entry), timeTo(last, entry)];
    if (a === undefined || b === undefined) {
      return `${entry.contender} ${entry.failure === undefined ? "never" : briefly(entry.failure)}`;
    }
    return `${entry.contender} ${figure(a.seconds)} and ${figure(b.seconds)} s`;
  });
  const what = `MNIST with 784-128-10 and Adam, reading the files included, until ${percent(first)} and ${percent(last)} of the test images are right`;
  return parts.length === 0 ? "" : `${what}: ${parts.join("; ")}.`;
}
