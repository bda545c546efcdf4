/** Answers one task with one contender and ends: `child.ts <entry as JSON> <task as JSON>`. */
import { type Contender, type ContenderFile, type Entry } from "./contender.ts";
import { multiplyAddLimit } from "./limit.ts";
import { measureMemory } from "./memory.ts";
import { EPOCHS } from "./mnist.ts";
import { drawProblem } from "./problem.ts";
import { ANSWER_MARK, type Answers, CHECKED_STEPS, type Task } from "./task.ts";
import { timeCalls } from "./timing.ts";

async function answer({ file, options, tier, threads }: Entry, task: Task): Promise<Answers[keyof Answers]> {
  if (task.question === "limit") return { limit: await multiplyAddLimit(task.tier) };
  if (task.question === "memory") return measureMemory(task.tier, task.workload, task.steps);
  const { enter } = (await import(`./contenders/${file}.ts`)) as ContenderFile;
  const contender = await enter(options);
  switch (task.question) {
    case "version":
      return { version: contender.version };
    case "steps":
      return { ...(await timeSteps(contender, task)), ...(await limitNow(tier, threads)) };
    case "inference":
      return { ...(await timeInference(contender, task)), ...(await limitNow(tier, threads)) };
    case "accuracy":
      return timeLearning(contender, task);
  }
}

/** A machine's clock changes with its load and its neighbours': what was just timed is compared with the limit of now. */
async function limitNow(tier: Entry["tier"], threads: number): Promise<{ limit?: number }> {
  // With two cores busy the clock may be lower than this would find it.
  return tier === undefined || threads > 1 ? {} : { limit: await multiplyAddLimit(tier) };
}

type TaskOf<Q extends Task["question"]> = Extract<Task, { question: Q }>;

async function timeSteps(contender: Contender, { workload, optimizer, effort }: TaskOf<"steps">) {
  if (!contender.train) throw new Error("it does not train");
  const training = await contender.train(drawProblem(workload), optimizer);
  const first: number[] = [];
  for (let i = 0; i < CHECKED_STEPS; i++) first.push(await clock(() => training.step()));
  const outputs = Array.from(await training.firstOutputs());
  return { timing: await timeCalls(() => training.step(), first, effort), outputs };
}

async function timeInference(contender: Contender, { workload, effort }: TaskOf<"inference">) {
  if (!contender.infer) throw new Error("it does no inference");
  const problem = drawProblem(workload);
  const inference = await contender.infer(problem);
  let outputs: ArrayLike<number> = [];
  const call = async () => {
    outputs = await inference.run();
  };
  const first = [await clock(call), await clock(call)];
  // A copy: the next call may write to the same array.
  const firstOutputs = Array.from(outputs).slice(0, problem.shape.outputs);
  return { timing: await timeCalls(() => inference.run(), first, effort), outputs: firstOutputs };
}

async function timeLearning(contender: Contender, { mnist, recipe, until, seconds }: TaskOf<"accuracy">) {
  if (!contender.learn) throw new Error("it does not follow the recipe");
  const milestones: { seconds: number; accuracy: number }[] = [];
  const start = performance.now();
  await contender.learn(mnist, recipe, (accuracy) => {
    const passed = (performance.now() - start) / 1000;
    milestones.push({ seconds: passed, accuracy });
    return accuracy < until && passed < seconds && milestones.length < EPOCHS;
  });
  return { milestones };
}

/** Milliseconds of one call. */
async function clock(call: () => unknown): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}

const [entry, task] = process.argv.slice(2).map((text) => JSON.parse(text)) as [Entry, Task];
const line = await answer(entry, task).catch((cause: unknown) => ({
  failure: cause instanceof Error ? cause.message : String(cause),
}));
// Some libraries keep timers or threads that would keep the process.
process.stdout.write(`\n${ANSWER_MARK}${JSON.stringify(line)}\n`, () => process.exit());
