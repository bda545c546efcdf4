/**
 * `npm run ulp`: the largest error of exp, log, tanh and sigmoid over every float32, in both tiers. All 2^32 bit
 * patterns take some minutes on two cores; `--quick` looks at every 1009th. Beyond 2 ulp it
 * fails. `--readme` also puts the table of a whole run between the `ulp` marks of the README.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeIntoReadme, writeResult } from "./files.ts";
import { machine, machineLine, table } from "./report.ts";
import type { SweepTask } from "./ulp-child.ts";
import {
  addFindings,
  type Findings,
  floatOfBits,
  type FunctionName,
  functionNames,
  LIMIT,
  noFindings,
  tiers,
  UlpSweep,
} from "./ulp-sweep.ts";

const PATTERNS = 2 ** 32;
const TASK = 2 ** 26;
const STRIDE = 1009;

type Report = Record<FunctionName, Findings[]>;

function emptyReport(): Report {
  return Object.fromEntries(functionNames.map((name) => [name, tiers.map(noFindings)])) as Report;
}

async function sample(): Promise<Report> {
  const sweep = await UlpSweep.create();
  const report = emptyReport();
  for (const name of functionNames) report[name] = sweep.range(name, 0, PATTERNS, STRIDE);
  return report;
}

async function everything(): Promise<Report> {
  const tasks = functionNames.flatMap((name) =>
    Array.from({ length: PATTERNS / TASK }, (_, i): SweepTask => ({ name, first: i * TASK, end: (i + 1) * TASK })),
  );
  const report = emptyReport();
  const progress = new Progress(tasks.length);
  const queue = tasks.values();
  await Promise.all(
    Array.from({ length: availableParallelism() }, () =>
      work(queue, ({ name }, found) => {
        found.forEach((findings, t) => addFindings(report[name][t]!, findings));
        progress.advance();
      }),
    ),
  );
  return report;
}

/** One child process takes tasks from the queue until there are none. */
async function work(queue: Iterable<SweepTask>, onFound: (task: SweepTask, found: Findings[]) => void) {
  const file = fileURLToPath(new URL("ulp-child.ts", import.meta.url));
  const child = fork(file, { serialization: "advanced" });
  try {
    for (const task of queue) onFound(task, await ask(child, task));
  } finally {
    child.kill();
  }
}

async function ask(child: ChildProcess, task: SweepTask): Promise<Findings[]> {
  const stop = new AbortController();
  const died = once(child, "exit", { signal: stop.signal }).then(([code]) => {
    throw new Error(`ulp: expected the findings of a child process, got its end (exit code ${code})`);
  });
  child.send(task);
  try {
    const [found] = await Promise.race([once(child, "message", { signal: stop.signal }), died]);
    return found as Findings[];
  } finally {
    died.catch(() => {});
    stop.abort();
  }
}

class Progress {
  readonly #total: number;
  readonly #start = performance.now();
  #done = 0;

  constructor(total: number) {
    this.#total = total;
  }

  advance(): void {
    const done = ++this.#done;
    const seconds = (performance.now() - this.#start) / 1000;
    const left = (seconds / done) * (this.#total - done);
    const line = `${((done / this.#total) * 100).toFixed(0)} %, ${seconds.toFixed(0)} s, ${left.toFixed(0)} s to go`;
    if (process.stderr.isTTY) process.stderr.write(`\r${line.padEnd(40)}${done === this.#total ? "\n" : ""}`);
    else if (done % 16 === 0) console.error(line);
  }
}

function describeFindings(name: FunctionName, tier: string, found: Findings): string[] {
  const { ulp, bits, inexact, count, beyond } = found;
  const share = `${((1 - inexact / count) * 100).toFixed(2)} %`;
  return [name, tier, ulp.toFixed(3), String(floatOfBits(bits)), `0x${hex(bits)}`, share, String(beyond)];
}

function hex(bits: number): string {
  return bits.toString(16).padStart(8, "0");
}

function toJson(report: Report) {
  return functionNames.flatMap((name) =>
    tiers.map((tier, t) => {
      const { ulp, bits, inexact, count, beyond, lowest, highest } = report[name][t]!;
      const range = beyond > 0 ? { lowest, highest } : {};
      return {
        function: name,
        tier,
        ulp,
        argument: floatOfBits(bits),
        bits: hex(bits),
        inexact,
        count,
        beyond,
        ...range,
      };
    }),
  );
}

const { quick, readme } = parseArgs({
  options: { quick: { type: "boolean", default: false }, readme: { type: "boolean", default: false } },
}).values;
const host = machine();
console.log(machineLine(host));
const report = quick ? await sample() : await everything();
const rows = functionNames.flatMap((name) => tiers.map((tier, t) => describeFindings(name, tier, report[name][t]!)));
console.log(quick ? `every ${STRIDE}th float32` : "every float32");
console.log(table(["function", "tier", "max ulp", "at x", "bits of x", "nearest", `> ${LIMIT} ulp`], rows, 2));
if (!quick) {
  await writeResult("ulp", { machine: host, functions: toJson(report) });
}
if (readme && !quick) {
  const short = functionNames.map((name) => [name, ...report[name].map(({ ulp }) => ulp.toFixed(2))]);
  await writeIntoReadme("ulp", table(["maximum error, ulp", ...tiers], short));
}
for (const { function: name, tier, beyond, lowest, highest } of toJson(report)) {
  if (beyond === 0) continue;
  console.error(`${name}, ${tier}: expected at most ${LIMIT} ulp, got more at ${beyond} of [${lowest}, ${highest}]`);
  process.exitCode = 1;
}
