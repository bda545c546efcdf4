/** Metrics against scikit-learn's values, which `test/golden/metrics.py` writes. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { atOnce } from "../../../src/ground/pieces.ts";
import { checkMetrics } from "../../../src/kinds/metrics/index.ts";
import type { Task } from "../../../src/kinds/metrics/metric.ts";
import type { CalibrationBin, Measured, Metric, MetricName } from "../../../src/kinds/metrics/values.ts";

/** A number, null for NaN, or lists of them. */
type Plain = number | null | readonly Plain[];

interface Case {
  readonly name: string;
  readonly task: Task;
  readonly outputs: readonly number[];
  readonly targets: readonly number[];
  readonly weights: readonly number[] | null;
  readonly expected: Readonly<Record<string, Plain | { observed: number[]; predicted: number[] }>>;
}

const golden = JSON.parse(readFileSync(new URL("../../golden/metrics.json", import.meta.url), "utf8")) as {
  bins: number;
  k: number;
  cases: Case[];
};

type FloatArray = typeof Float32Array | typeof Float64Array;

/** Rows are added in batches of this many, as views of a buffer that each batch overwrites. */
function measured({ task, outputs, targets, weights }: Case, metrics: Metric[], Floats: FloatArray, batch: number) {
  const measurement = checkMetrics("metrics", metrics, task)();
  const [x, y, w] = [new Floats(batch * task.units), new Floats(batch * task.units), new Floats(batch)];
  const count = outputs.length / task.units;
  for (let begin = 0; begin < count; begin += batch) {
    const end = Math.min(begin + batch, count);
    x.set(outputs.slice(begin * task.units, end * task.units));
    y.set(targets.slice(begin * task.units, end * task.units));
    if (weights) w.set(weights.slice(begin, end));
    measurement.add(x, y, weights ? w : undefined, end - begin);
  }
  return atOnce(measurement.finish());
}

const all = (name: string): Metric => {
  if (name === "topK") return { name, k: golden.k };
  return name === "calibration" ? { name, bins: golden.bins } : (name as Metric);
};

/** Of bins, what scikit-learn says: those that are not empty. */
function comparable(value: Measured[MetricName]): unknown {
  if (!Array.isArray(value) || typeof value[0] !== "object" || !("from" in value[0])) return value;
  const bins = (value as CalibrationBin[]).filter(({ weight }) => weight > 0);
  return { observed: bins.map(({ observed }) => observed), predicted: bins.map(({ predicted }) => predicted) };
}

function expectClose(found: unknown, expected: unknown, path: string): void {
  if (expected === null) expect(found, path).toBeNaN();
  else if (typeof expected === "number") {
    expect(found, path).toBeTypeOf("number");
    expect(Math.abs((found as number) - expected) / Math.max(1, Math.abs(expected)), path).toBeLessThan(1e-12);
  } else {
    expect(Object.keys(found as object), path).toEqual(Object.keys(expected as object));
    for (const [key, value] of Object.entries(expected as object)) {
      expectClose((found as Record<string, unknown>)[key], value, `${path}.${key}`);
    }
  }
}

describe("metrics are scikit-learn's", () => {
  it.each(golden.cases)("$name", (one) => {
    const names = Object.keys(one.expected) as MetricName[];
    for (const batch of [1000, 7, 1]) {
      const values = measured(one, names.map(all), Float64Array, batch);
      expect(Object.keys(values)).toEqual(names);
      for (const name of names) expectClose(comparable(values[name]), one.expected[name], `${name} by ${batch}`);
    }
  });

  it("for every task that a metric is defined for", () => {
    const table = new Map<string, Set<string>>();
    for (const { task, expected } of golden.cases) {
      for (const name of Object.keys(expected)) table.set(name, (table.get(name) ?? new Set()).add(task.kind));
    }
    // Errors may be asked for of any outputs; how calibration counts classes and labels is tested below.
    for (const [name, tested] of table) {
      const isTested = (kind: Task["kind"]) => tested.has("numbers") || name === "calibration" || tested.has(kind);
      expect(
        accepting(name).filter((kind) => !isTested(kind)),
        name,
      ).toEqual([]);
    }
    expect([...table.keys()].toSorted()).toEqual(allNames().toSorted());
  });

  it("in float32 too, where nothing is asked of the numbers' precision", () => {
    for (const one of golden.cases) {
      const names = Object.keys(one.expected).filter((name) => name !== "logLoss") as MetricName[];
      const values = measured(one, names.map(all), Float32Array, 16);
      for (const name of names) expectClose(comparable(values[name]), one.expected[name], `${one.name}: ${name}`);
    }
  });
});

/** The tasks that a metric is defined for. */
function accepting(name: string): Task["kind"][] {
  return (["binary", "classes", "labels", "numbers"] as const).filter((kind) => {
    const { message } = refusal(() => checkMetrics("metrics", [all(name)], { kind, units: kind === "binary" ? 1 : 3 }));
    return message === "";
  });
}

/** The names that an error lists. */
function allNames(): string[] {
  const { message } = refusal(() => checkMetrics("metrics", ["?" as MetricName], { kind: "binary", units: 1 }));
  return /one of (.*), got/.exec(message)![1]!.split(", ");
}

function refusal(act: () => unknown): { message: string } {
  try {
    act();
    return { message: "" };
  } catch (error) {
    return error as Error;
  }
}

const binary: Task = { kind: "binary", units: 1 };
const classes: Task = { kind: "classes", units: 3 };

function measure(task: Task, metrics: Metric[], outputs: number[], targets: number[], weights?: number[]) {
  const one = { name: "", task, outputs, targets, weights: weights ?? null, expected: {} };
  return measured(one, metrics, Float64Array, 100);
}

describe("metrics by definition", () => {
  it("take 0.5 for class 0, as scikit-learn does", () => {
    expect(measure(binary, ["accuracy", "recall"], [0.5, 0.5000001, 0.5], [0, 1, 1])).toEqual({
      accuracy: 2 / 3,
      recall: 1 / 2,
    });
  });

  it("take the first of equal outputs, in topK as in accuracy", () => {
    const outputs = [0.4, 0.4, 0.2, 0.2, 0.4, 0.4];
    const top = (k: number) => measure(classes, [{ name: "topK", k }], outputs, [0, 1, 0, 0, 0, 1]).topK;
    expect([top(1), top(2), top(3)]).toEqual([0, 1, 1]);
    expect(measure(classes, ["accuracy"], outputs, [0, 1, 0, 0, 0, 1]).accuracy).toBe(top(1));
  });

  it("bound the logarithm by the precision of the outputs", () => {
    const one = { name: "", task: binary, outputs: [0], targets: [1], weights: null, expected: {} };
    expect(measured(one, ["logLoss"], Float32Array, 1).logLoss).toBeCloseTo(23 * Math.LN2, 12);
    expect(measured(one, ["logLoss"], Float64Array, 1).logLoss).toBeCloseTo(52 * Math.LN2, 12);
  });

  it("take targets that are probabilities, where they are averages over what is true", () => {
    const found = measure(binary, ["logLoss", "brierScore"], [0.25], [0.75]);
    expect(found.logLoss).toBeCloseTo(-0.75 * Math.log(0.25) - 0.25 * Math.log(0.75), 14);
    expect(found.brierScore).toBe(0.25);
  });

  it("are not a number where all weights are 0, or 0 where they count", () => {
    const names: MetricName[] = ["accuracy", "macroF1", "f1", "rocAuc", "logLoss", "matthewsCorrelation", "r2"];
    expect(measure(binary, names, [0.2, 0.7], [0, 1], [0, 0])).toEqual({
      accuracy: NaN,
      macroF1: NaN,
      f1: 0,
      rocAuc: NaN,
      logLoss: NaN,
      matthewsCorrelation: 0,
      r2: NaN,
    });
  });

  it("are not a number where scores are none", () => {
    expect(measure(binary, ["rocAuc", "averagePrecision"], [NaN, 0.7], [0, 1])).toEqual({
      rocAuc: NaN,
      averagePrecision: NaN,
    });
  });

  it("give the calibration of what is predicted, of classes, and of every label", () => {
    const bins = (task: Task, outputs: number[], targets: number[]) =>
      measure(task, [{ name: "calibration", bins: 2 }], outputs, targets).calibration;
    expect(bins(classes, [0.75, 0.25, 0, 0.25, 0.375, 0.375], [1, 0, 0, 0, 0, 1])).toEqual([
      { from: 0, to: 0.5, weight: 1, predicted: 0.375, observed: 0 },
      { from: 0.5, to: 1, weight: 1, predicted: 0.75, observed: 1 },
    ]);
    expect(bins({ kind: "labels", units: 2 }, [0.75, 0.75], [1, 0])).toEqual([
      { from: 0, to: 0.5, weight: 0, predicted: NaN, observed: NaN },
      { from: 0.5, to: 1, weight: 2, predicted: 0.75, observed: 0.5 },
    ]);
  });
});

describe("a metric of one's own", () => {
  /** How often it was begun, and the sum of weights. */
  class Weights {
    readonly name = "weights";
    #sum = 0;
    reset() {
      this.#sum = 0;
    }
    add(outputs: ArrayLike<number>, targets: ArrayLike<number>, weights: Float64Array, rows: number) {
      expect([outputs.length, targets.length, weights.length]).toEqual([rows, rows, rows]);
      this.#sum += weights.reduce((sum, weight) => sum + weight, 0);
    }
    value() {
      return this.#sum;
    }
  }

  it("adds up, begun anew for each evaluation", () => {
    const own = new Weights();
    for (let time = 0; time < 2; time++) {
      expect(measure(binary, [own], [0.1, 0.9], [0, 1])).toEqual({ own: { weights: 2 } });
    }
    expect(measure(binary, [own, "accuracy"], [0.1, 0.9], [0, 1], [3, 0])).toEqual({
      accuracy: 1,
      own: { weights: 3 },
    });
  });

  it("is a function of all outputs, targets and weights, which may sort them", () => {
    function worst(outputs: Float64Array, targets: Float64Array, weights: Float64Array) {
      expect([...weights]).toEqual([1, 1, 1]);
      outputs.sort();
      return Math.max(...outputs.map((output, i) => Math.abs(output - targets[i]!)));
    }
    const found = measure(binary, [worst as Metric, "rocAuc"], [0.75, 0.5, 0.25], [1, 0, 0]);
    expect(found).toEqual({ rocAuc: 1, own: { worst: 0.75 } });
  });

  it.each([
    [() => 1, "with a name"],
    [{ add() {} }, "with a name"],
    [{ name: "r2", add() {} }, "a name of its own"],
    [{ name: "mine", add() {}, value: () => 0 }, "no reset"],
  ])("is refused where it is none", (metric, message) => {
    expect(() => measure(binary, [metric as Metric], [0], [0])).toThrow(message);
  });

  it("is refused where it comes to no number", () => {
    const nothing = () => "much" as unknown as number;
    expect(() => measure(binary, [nothing], [0], [0])).toThrow(
      'metrics: nothing: expected a metric that comes to a number, got "much"',
    );
  });
});

describe("metrics that cannot be", () => {
  it.each([
    ["accuracy", "an array of metrics"],
    [["acuracy"], 'got "acuracy" (did you mean "accuracy"?)'],
    [["mae"], 'got "mae" (did you mean "meanAbsoluteError"?)'],
    [["AUC"], 'did you mean "rocAuc"?'],
    [[{ name: "f1", average: "macro" }], 'metrics: f1: expected no options, got "average"'],
    [[{ name: "calibration", bins: 0 }], "calibration: bins: expected a whole number, at least 1"],
    [[{ name: "calibration", bin: 3 }], 'did you mean "bins"?'],
    [["accuracy", "accuracy"], '"accuracy" twice'],
    [["topK"], "metrics of a single yes-or-no output: accuracy, "],
    [[null], "got null"],
  ])("are refused: %j", (metrics, message) => {
    expect(() => checkMetrics("metrics", metrics as Metric[], binary)).toThrow(message);
  });

  it("are refused with those that can be", () => {
    expect(() => checkMetrics("metrics", ["f1"], classes)).toThrow("metrics of one class out of several: accuracy");
    expect(() => checkMetrics("metrics", ["rocAuc"], { kind: "numbers", units: 1 })).toThrow("metrics of numbers: r2,");
    expect(() => checkMetrics("metrics", ["topK"], classes)).toThrow(
      "topK: k: expected a whole number, at least 1, at most 3",
    );
    expect(() => checkMetrics("metrics", ["confusion"], { kind: "classes", units: 1001 })).toThrow(
      "at most 1000 classes",
    );
  });
});

describe("ranks of many rows", () => {
  const count = 20_000;
  const outputs = Array.from({ length: count }, (_, i) => Math.round(500 * Math.abs(Math.sin(i * i))) / 500);
  const targets = outputs.map((output, i) => (output + Math.sin(7 * i) / 2 > 0.5 ? 1 : 0));

  it("are those of all pairs, ties counting half", () => {
    const [wins, pairs] = [new Float64Array(501), new Float64Array(501)];
    outputs.forEach((output, i) => (targets[i] === 1 ? wins : pairs)[Math.round(500 * output)]!++);
    let [sum, below] = [0, 0];
    wins.forEach((positives, score) => {
      sum += positives * (below + pairs[score]! / 2);
      below += pairs[score]!;
    });
    const positives = wins.reduce((total, some) => total + some, 0);
    expect(measure(binary, ["rocAuc"], outputs, targets).rocAuc).toBeCloseTo(sum / (positives * below), 12);
  });

  it("are found in pieces", () => {
    const measurement = checkMetrics("metrics", ["rocAuc", "averagePrecision"], binary)();
    measurement.add(Float64Array.from(outputs), Float64Array.from(targets), undefined, count);
    const work = measurement.finish();
    let pieces = 0;
    while (!work.next().done) pieces++;
    expect(pieces).toBeGreaterThan(20);
  });
});
