/** What the layers of a network ask of a training. */
import { refuse } from "../ground/errors.ts";
import { layerKind } from "../kinds/layers/index.ts";
import { ruleOf } from "../kinds/optimizers/index.ts";
import type { NetworkShape } from "../model/shape.ts";
import type { CheckedTraining } from "./options.ts";

/** @throws InvalidInputError for a method, or a size of batches, that one of the layers cannot be trained with. */
export function checkLayers(
  where: string,
  { layers }: NetworkShape,
  { optimizer, batchSize }: Pick<CheckedTraining, "optimizer" | "batchSize">,
  count: number,
  frozen: ReadonlySet<number> = new Set(),
): void {
  const size = Math.min(batchSize, count);
  const last = count % size === 0 ? size : count % size;
  layers.forEach(({ name }, k) => {
    const { differsInTraining, leastBatch = 1, statistics } = layerKind(name);
    // Rows go by what it has learned, one by one.
    if (statistics && frozen.has(k)) return;
    const layer = `layer ${k + 1} (${name})`;
    if (differsInTraining && ruleOf(optimizer) === undefined) {
      refuse(
        `${where}: optimizer`,
        `one that descends step by step, for ${layer} is not the same in each`,
        optimizer.name,
      );
    }
    if (last >= leastBatch) return;
    const got = last === size ? `of ${size}` : `of ${size}, the last one of ${last}`;
    refuse(
      `${where}: batchSize`,
      `batches of at least ${leastBatch} rows for ${layer}`,
      `${count} rows in batches ${got}`,
    );
  });
}
