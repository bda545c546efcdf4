/**
 * Whether a contender has done the work that it was timed by: its outputs after some steps, or of its inference, against
 * those of the strict engine, which the tests hold against the float64 reference.
 */
import { engineMaker } from "../src/engine/create.ts";
import { loadProblem } from "./contenders/lanegrad.ts";
import { drawProblem } from "./problem.ts";
import { CHECKED_STEPS, type Exercise } from "./task.ts";

/** Of the largest change that the steps have made; and of outputs. */
const CHANGE_TOLERANCE = 0.02;
const OUTPUT_TOLERANCE = 1e-4;

interface Expected {
  readonly before: Float32Array;
  readonly after: Float32Array;
}

const expectations = new Map<string, Promise<Expected>>();

/** Undefined if it is the same, else a remark. */
export async function sameWork(exercise: Exercise, outputs: readonly number[]): Promise<string | undefined> {
  const { question, workload, optimizer } = exercise;
  const key = `${question} ${workload.name} ${workload.batch} ${optimizer}`;
  let expected = expectations.get(key);
  if (expected === undefined) {
    expected = expect(exercise);
    expectations.set(key, expected);
  }
  const { before, after } = await expected;
  if (outputs.length !== after.length) return `${outputs.length} outputs in place of ${after.length}`;
  const change = Math.max(...after.map((value, i) => Math.abs(value - before[i]!)));
  const error = Math.max(...outputs.map((value, i) => Math.abs(value - after[i]!)));
  const tolerance = question === "steps" ? CHANGE_TOLERANCE * change : OUTPUT_TOLERANCE;
  if (error <= tolerance) return undefined;
  const off = question === "steps" ? `${((error / change) * 100).toFixed(0)} % of their change` : error.toPrecision(2);
  return `other work: outputs are off by ${off}`;
}

/** Outputs of the first row, before and after the steps; inference takes none. */
async function expect({ question, workload, optimizer = "sgd" }: Exercise): Promise<Expected> {
  const problem = drawProblem(workload);
  const engine = await engineMaker("strict")(problem.shape);
  const samples = loadProblem(engine, problem, optimizer);
  const firstOutputs = () => {
    engine.forward(samples, 0, 1);
    return Float32Array.from(samples.outputs.subarray(0, problem.shape.outputs));
  };
  const before = firstOutputs();
  const steps = question === "steps" ? CHECKED_STEPS : 0;
  for (let i = 0; i < steps; i++) engine.step(samples, 0, problem.batch);
  return { before, after: firstOutputs() };
}
