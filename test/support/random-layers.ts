/** Random networks with layers of every kind among dense ones, for numeric tests: smooth ones, so that none is at a kink. */
import type { Engine, Samples, TrainingNeeds } from "../../src/engine/engine.ts";
import { Random } from "../../src/ground/random.ts";
import type { LayerDescription } from "../../src/kinds/layers/index.ts";
import { ruleOf, sgd } from "../../src/kinds/optimizers/index.ts";
import { checkDescription, type NetworkDescription } from "../../src/model/description.ts";
import { type NetworkShape, networkShape } from "../../src/model/shape.ts";

export interface LayersCase {
  readonly description: NetworkDescription;
  readonly shape: NetworkShape;
  /** All numbers are exact in float32. */
  readonly parameters: Float64Array;
  readonly statistics: Float64Array;
  readonly inputs: Float64Array;
  readonly targets: Float64Array;
  readonly rows: number;
}

const hidden = ["tanh", "sigmoid", "softmax", "identity"] as const;

/** A network of one to six layers before its output, the first of any kind; from 3 to 60 rows unless it is said how many. */
export function layersCase(seed: number, rows?: number): LayersCase {
  const random = new Random(seed);
  const between = (low: number, high: number) => low + random.below(high - low + 1);
  const layers = Array.from({ length: between(1, 6) }, () => drawLayer(random, between));
  const description = checkDescription({
    inputs: between(2, 24),
    layers: [...layers, { units: between(1, 5), activation: "identity" }],
    loss: "meanSquaredError",
  });
  const shape = networkShape(description);
  const draw = (count: number, low: number, high: number) =>
    Float64Array.from({ length: count }, () => Math.fround(random.uniform(low, high)));
  const count = rows ?? between(3, 60);
  return {
    description,
    shape,
    parameters: draw(shape.parameterCount, -0.6, 0.6),
    statistics: draw(shape.statisticsCount, 0.2, 1.2),
    inputs: draw(count * shape.inputs, -1.5, 1.5),
    targets: draw(count * shape.outputs, -1, 1),
    rows: count,
  };
}

function drawLayer(random: Random, between: (low: number, high: number) => number): LayerDescription {
  const kinds: (() => LayerDescription)[] = [
    () => ({ units: between(2, 40), activation: hidden[random.below(hidden.length)]! }),
    () => ({ layer: "dropout", rate: random.uniform(0, 0.7) }),
    () => ({ layer: "layerNorm", epsilon: 0.01 }),
    () => ({ layer: "batchNorm", epsilon: 0.01, momentum: 0.3 }),
  ];
  return kinds[random.below(kinds.length)]!();
}

/** Loads a case into an engine. */
export function fillLayers(engine: Engine, drawn: LayersCase, needs: TrainingNeeds = {}): Samples {
  const rule = ruleOf(sgd({ learningRate: 0.1 }));
  const samples = engine.prepare(drawn.rows, rule, false, { batchSize: drawn.rows, seed: 5, ...needs });
  engine.parameters.set(drawn.parameters);
  engine.statistics.set(drawn.statistics);
  samples.inputs.set(drawn.inputs);
  samples.targets.set(drawn.targets);
  return samples;
}
