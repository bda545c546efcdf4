import type { OpKind } from "./op.ts";

/**
 * n = (x - mean) / sqrt(variance + epsilon), unit by unit: in training over the rows of the batch, otherwise, and where its
 * layer is frozen, with the moving statistics. numbers: epsilon, momentum. statistics: the moving mean and variance. batch: of
 * the last batch mean, 1 / sqrt(variance + epsilon), variance by count - 1, and the means of dn and dn n, [units] each.
 */
export const batchNorm: OpKind = {
  keeps: "output",
  inPlace: true,
  parameterCount: () => 0,
  // Sums of a panel, four numbers a unit.
  roomToKeep: (units) => Math.ceil(units / 4),
  statistics: [0, 1],
  batchNumbers: (units) => 5 * units,
  forward({ output: n, input: x, fanOut: units, numbers, statistics, batch, frozen }, rows, part) {
    const mode = frozen ? "use" : part.mode;
    for (let u = 0; u < units; u++) {
      if (mode === "training") {
        let [sum, squares] = [0, 0];
        for (let i = u; i < rows * units; i += units) sum += x[i]!;
        for (let i = u; i < rows * units; i += units) squares += (x[i]! - sum / rows) ** 2;
        batch[u] = sum / rows;
        batch[units + u] = 1 / Math.sqrt(squares / rows + numbers[0]!);
        batch[2 * units + u] = squares / Math.max(rows - 1, 1);
      }
      const mean = mode === "use" ? statistics[u]! : batch[u]!;
      const r = mode === "use" ? 1 / Math.sqrt(statistics[units + u]! + numbers[0]!) : batch[units + u]!;
      for (let i = u; i < rows * units; i += units) n[i] = (x[i]! - mean) * r;
    }
  },
  /** dx = (dn - mean dn - n mean (dn n)) / sqrt(variance + epsilon); outside of training dn / sqrt(variance + epsilon). */
  backward({ dInput: dx, dOutput: dn, kept: n, fanOut: units, numbers, statistics, batch, frozen }, rows, part) {
    const mode = frozen ? "use" : part.mode;
    for (let u = 0; u < units; u++) {
      if (mode === "training") {
        let [sum, dot] = [0, 0];
        for (let i = u; i < rows * units; i += units) {
          sum += dn[i]!;
          dot += dn[i]! * n[i]!;
        }
        batch[3 * units + u] = sum / rows;
        batch[4 * units + u] = dot / rows;
      }
      const r = mode === "use" ? 1 / Math.sqrt(statistics[units + u]! + numbers[0]!) : batch[units + u]!;
      const [mean, dot] = mode === "use" ? [0, 0] : [batch[3 * units + u]!, batch[4 * units + u]!];
      for (let i = u; i < rows * units; i += units) dx![i] = (dn[i]! - mean - n[i]! * dot) * r;
    }
  },
  /** The moving statistics go some of the way, `momentum`, to those of the batch. */
  settle({ fanOut: units, numbers, statistics, batch, frozen }) {
    if (frozen) return;
    const momentum = numbers[1]!;
    for (let u = 0; u < units; u++) {
      statistics[u] = (1 - momentum) * statistics[u]! + momentum * batch[u]!;
      statistics[units + u] = (1 - momentum) * statistics[units + u]! + momentum * batch[2 * units + u]!;
    }
  },
};
