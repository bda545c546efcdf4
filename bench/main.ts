/**
 * `npm run bench`: training steps of every workload by every contender. `--quick` is a rough look, `--only xor,wide`
 * takes some of the workloads, `--memory` measures growth in place of time.
 */
import { parseArgs } from "node:util";
import { BASELINE, contenderNames } from "./contender.ts";
import { writeIntoReadme, writeResult } from "./files.ts";
import { printMemory } from "./memory.ts";
import { machine, machineLine, table } from "./report.ts";
import { type Outcome, type Plan, runRounds, summarize } from "./rounds.ts";
import { describeWorkload, flopsOf, type Workload, workloadNamed, workloads } from "./shapes.ts";

const thorough = { rounds: 5, effort: { warmup: 400, time: 800, samples: 5 } };
const rough = { rounds: 1, effort: { warmup: 150, time: 250, samples: 2 } };

/** One line of the long table, as numbers. */
interface Row {
  readonly workload: string;
  readonly contender: string;
  /** Microseconds a step. */
  readonly median: number;
  readonly best: number;
  readonly gflops: number;
  /** Of the limit of the contender's instructions. */
  readonly ofLimit: number | undefined;
  /** How many times the baseline's speed. */
  readonly ratio: number | undefined;
}

function rowsOf(plan: Plan, outcome: Outcome): Row[] {
  return plan.workloads.flatMap((workload) => {
    const row = outcome.measurements.get(workload.name) ?? new Map();
    const baseline = row.get(BASELINE);
    return [...row].map(([contender, measurement]): Row => {
      const { median, best } = summarize(measurement);
      const flops = flopsOf(workload) / (median / 1e6);
      const limit = outcome.limits.get(contender);
      const ofLimit = limit === undefined ? undefined : flops / limit;
      const ratio = baseline === undefined ? undefined : summarize(baseline).median / median;
      return { workload: workload.name, contender, median, best, gflops: flops / 1e9, ofLimit, ratio };
    });
  });
}

function longTable(rows: readonly Row[]): string {
  const head = ["workload", "contender", "us, median", "us, best", "GFLOP/s", "of limit", `x ${BASELINE}`];
  const cells = rows.map(({ workload, contender, median, best, gflops, ofLimit, ratio }) => [
    workload,
    contender,
    figure(median),
    figure(best),
    figure(gflops),
    ofLimit === undefined ? "" : `${(ofLimit * 100).toFixed(0)} %`,
    ratio === undefined ? "" : figure(ratio),
  ]);
  return table(head, cells, 2);
}

/** Workloads by contenders. */
function readmeTable(plan: Plan, rows: readonly Row[]): string {
  const contenders = plan.contenders.filter((name) => rows.some(({ contender }) => contender === name));
  const lines = plan.workloads.map((workload) => [
    describeWorkload(workload),
    ...contenders.map((name) => {
      const row = rows.find((r) => r.workload === workload.name && r.contender === name);
      return row === undefined ? "" : shortCell(row);
    }),
  ]);
  return table(["microseconds a step", ...contenders], lines);
}

/** The median; how many times the baseline's speed that is; the fraction of the limit. */
function shortCell({ contender, median, ratio, ofLimit }: Row): string {
  const remarks: string[] = [];
  if (ratio !== undefined && contender !== BASELINE) remarks.push(`${figure(ratio)} x`);
  if (ofLimit !== undefined) remarks.push(`${(ofLimit * 100).toFixed(0)} %`);
  return remarks.length === 0 ? figure(median) : `${figure(median)} (${remarks.join(", ")})`;
}

/** Three significant digits, never as an exponent. */
function figure(value: number): string {
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(value)));
  return value.toFixed(decimals);
}

function printLimits({ limits, failures, measurements }: Outcome): void {
  for (const row of measurements.values()) {
    for (const [name, { why }] of row) console.log(`${name.padEnd(8)} ${why}`);
    break;
  }
  for (const [name, limit] of limits)
    console.log(`${name.padEnd(8)} limit: ${figure(limit / 1e9)} GFLOP/s on one core`);
  for (const [name, reason] of failures) console.log(`${name.padEnd(8)} left out: ${reason}`);
}

function showProgress(done: number, total: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total}${done === total ? "\n" : ""}`);
}

async function compareSpeed(chosen: readonly Workload[], quick: boolean): Promise<void> {
  const host = machine();
  console.log(machineLine(host));
  const plan: Plan = { workloads: chosen, contenders: contenderNames, ...(quick ? rough : thorough) };
  const outcome = await runRounds(plan, showProgress);
  const rows = rowsOf(plan, outcome);
  printLimits(outcome);
  console.log(`${plan.rounds} rounds; 2 operations to a multiply-add\n${longTable(rows)}`);
  // Some of the workloads, or a rough look, take no whole run's place.
  const isWhole = !quick && chosen.length === workloads.length;
  await writeResult(isWhole ? "bench" : "bench-partial", {
    machine: host,
    quick,
    limits: Object.fromEntries(outcome.limits),
    failures: Object.fromEntries(outcome.failures),
    workloads: chosen,
    rows,
  });
  if (isWhole) await writeIntoReadme("bench", `${machineLine(host)}:\n\n${readmeTable(plan, rows)}`);
}

const { quick, only, memory } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    memory: { type: "boolean", default: false },
  },
}).values;
if (memory) await printMemory();
else await compareSpeed(only === undefined ? workloads : only.split(",").map(workloadNamed), quick);
