/** Measures one contender on one workload, or its limit, and tells the parent: `child.ts <contender> <workload> <effort>`. */
import type { Contender } from "./contender.ts";
import { drawProblem } from "./problem.ts";
import { LIMIT, type Message } from "./rounds.ts";
import { workloadNamed } from "./shapes.ts";
import { type Effort, timeStep } from "./timing.ts";

async function measure(name: string, workload: string, effort: Effort): Promise<Message> {
  const { contender } = (await import(`./contenders/${name}.ts`)) as { contender: Contender };
  if (workload === LIMIT) return { kind: "limit", limit: await contender.limit?.() };
  const { step, why } = await contender.open(drawProblem(workloadNamed(workload)));
  return { kind: "timing", timing: timeStep(step, effort), why };
}

const [name, workload, effort] = process.argv.slice(2) as [string, string, string];
const message = await measure(name, workload, JSON.parse(effort) as Effort).catch((reason: unknown): Message => ({
  kind: "failure",
  reason: reason instanceof Error ? reason.message : String(reason),
}));
process.send!(message, () => process.disconnect());
