import { describe, expect, it } from "vitest";
import { LanegradError } from "../../src/ground/errors.ts";
import { askedOf, Network } from "../../src/network/network.ts";
import { type Call, Learner, type Training } from "../../src/training/learner.ts";

const layers = [{ units: 1, activation: "sigmoid" }] as const;

async function newLearner(): Promise<Learner> {
  const network = await Network.create({ inputs: 1, layers, loss: "binaryCrossEntropy", engine: "float64" });
  return askedOf("test", network) as Learner;
}

function trainingIn(phase: Training["phase"], more: Partial<Training> = {}) {
  const told: string[] = [];
  const note = (name: string) => () => void told.push(name);
  const calls = { settle: note("settle"), leave: note("leave"), pause: note("pause"), resume: note("resume") };
  return { told, training: { phase, keepsParameters: false, hasMoved: false, kept: undefined, ...calls, ...more } };
}

const calls: readonly Call[] = ["ask", "setParameters", "standardize", "train", "pause", "dispose"];

async function allowed(phase: Training["phase"] | "idle", more: Partial<Training> = {}): Promise<Call[]> {
  const learner = await newLearner();
  if (phase !== "idle") learner.begin("fit", trainingIn(phase, more).training);
  return calls.filter((call) => {
    try {
      learner.admit(call);
      return true;
    } catch {
      return false;
    }
  });
}

describe("what may be asked of a network", () => {
  it("goes by what it is doing", async () => {
    expect(await allowed("idle")).toEqual(["ask", "setParameters", "standardize", "train", "dispose"]);
    expect(await allowed("starting")).toEqual(["ask", "setParameters", "pause"]);
    expect(await allowed("training")).toEqual(["ask", "setParameters", "pause"]);
    expect(await allowed("waiting")).toEqual(["ask", "setParameters", "train", "pause", "dispose"]);
    expect(await allowed("training", { keepsParameters: true })).toEqual(["ask", "pause"]);
  });

  it("is nothing once it has been disposed of", async () => {
    const learner = await newLearner();
    learner.dispose();
    expect(learner.phase).toBe("disposed");
    learner.dispose();
    expect(() => learner.engine).toThrow(LanegradError);
    expect(() => learner.begin("fit", trainingIn("starting").training)).toThrow("got one that was disposed");
  });
});

describe("a training that ends", () => {
  it("puts back what was known of columns, unless it has changed the network", async () => {
    for (const hasMoved of [false, true]) {
      const learner = await newLearner();
      const { training, told } = trainingIn("training", { hasMoved });
      learner.begin("fit", training);
      const known = { inputs: [{ kind: "number" as const, mean: 1, std: 2 }], targets: [{ kind: "number" as const }] };
      learner.learn(known);
      expect(learner.standardization!.mean[0]).toBe(1);
      learner.end(training);
      expect(told).toEqual(["settle"]);
      expect([learner.phase, learner.hasLearned]).toEqual(["idle", hasMoved]);
      expect(learner.preprocessing).toBe(hasMoved ? known : null);
    }
  });

  it("gives way to another where it waits, and then is an earlier one", async () => {
    const learner = await newLearner();
    const [first, second] = [trainingIn("waiting"), trainingIn("training")];
    learner.begin("train", first.training);
    learner.begin("fit", second.training);
    expect(first.told).toEqual(["settle", "leave"]);
    expect(() => learner.checkTurn(first.training)).toThrow("got one of an earlier training");
    learner.checkTurn(second.training);
  });
});

it("says nothing twice", async () => {
  const learner = await newLearner();
  const heard: string[] = [];
  const about = (message: string, of: string) => ({ code: "oneClass" as const, message, about: of });
  const hear = ({ message }: { readonly message: string }) => heard.push(message);
  learner.warn([about("a", "x"), about("b", "y")], hear);
  learner.warn([about("a", "x"), about("c", "z")], hear);
  expect(heard).toEqual(["a", "b", "c"]);
});

it("lets nobody take a step while numbers are read", async () => {
  const learner = await newLearner();
  let release!: () => void;
  const held = learner.hold(() => new Promise<void>((resolve) => (release = resolve)));
  expect(learner.isHeld).toBe(true);
  let isReleased = false;
  const released = learner.released().then(() => (isReleased = true));
  await Promise.resolve();
  expect(isReleased).toBe(false);
  release();
  await Promise.all([held, released]);
  expect(learner.isHeld).toBe(false);
});
