/** Runs the contenders by turns, each in a fresh child process, so that a busy moment of the machine hits all alike. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Workload } from "./shapes.ts";
import type { Effort, Timing } from "./timing.ts";

/** What a child process tells. */
export type Message =
  | { readonly kind: "timing"; readonly timing: Timing; readonly why: string }
  /** Floating-point operations a second. */
  | { readonly kind: "limit"; readonly limit: number | undefined }
  | { readonly kind: "failure"; readonly reason: string };

/** Asks a child for the contender's limit in place of a workload. */
export const LIMIT = "limit";

export interface Plan {
  readonly workloads: readonly Workload[];
  readonly contenders: readonly string[];
  readonly rounds: number;
  readonly effort: Effort;
}

/** What the rounds of one contender on one workload came to. */
export interface Measurement {
  /** Of every round. */
  readonly timings: Timing[];
  why: string;
}

export interface Outcome {
  /** By contender, the best of all rounds, for those that have one. */
  readonly limits: Map<string, number>;
  /** By contender, why it does not run here. */
  readonly failures: Map<string, string>;
  /** By workload, then contender. */
  readonly measurements: Map<string, Map<string, Measurement>>;
}

export async function runRounds(plan: Plan, onProgress: (done: number, total: number) => void): Promise<Outcome> {
  const outcome: Outcome = { limits: new Map(), failures: new Map(), measurements: new Map() };
  const total = plan.rounds * (plan.workloads.length + 1) * plan.contenders.length;
  let done = 0;
  for (let round = 0; round < plan.rounds; round++) {
    for (const workload of [LIMIT, ...plan.workloads.map(({ name }) => name)]) {
      for (const name of plan.contenders) {
        if (!outcome.failures.has(name)) note(outcome, name, workload, await runChild(name, workload, plan.effort));
        onProgress(++done, total);
      }
    }
  }
  return outcome;
}

function note({ limits, failures, measurements }: Outcome, name: string, workload: string, message: Message): void {
  if (message.kind === "failure") failures.set(name, `${workload}: ${message.reason}`);
  else if (message.kind === "limit") {
    if (message.limit !== undefined) limits.set(name, Math.max(message.limit, limits.get(name) ?? 0));
  } else {
    const row = measurements.get(workload) ?? new Map<string, Measurement>();
    const measurement = row.get(name) ?? { timings: [], why: message.why };
    measurement.timings.push(message.timing);
    measurements.set(workload, row.set(name, measurement));
  }
}

async function runChild(name: string, workload: string, effort: Effort): Promise<Message> {
  const child = fork(fileURLToPath(new URL("child.ts", import.meta.url)), [name, workload, JSON.stringify(effort)]);
  let message: Message | undefined;
  child.on("message", (received) => (message = received as Message));
  const [code] = (await once(child, "exit")) as [number | null];
  return message ?? { kind: "failure", reason: `its process ended without a result (exit code ${code})` };
}

/** The median over rounds of the medians, and the best sample of all. */
export function summarize({ timings }: Measurement): { median: number; best: number } {
  const medians = timings.map(({ median }) => median).sort((a, b) => a - b);
  const middle = medians.length >> 1;
  const median = medians.length % 2 === 1 ? medians[middle]! : (medians[middle - 1]! + medians[middle]!) / 2;
  return { median, best: Math.min(...timings.map(({ best }) => best)) };
}
