/** All rows, for what can only be said when they are all there. Memory grows with them. */
import { type Floats, isFloat32 } from "../../../ground/floats.ts";
import type { Meter, Task } from "../metric.ts";

export class Kept implements Meter {
  protected readonly task: Task;
  readonly #outputs: Floats[] = [];
  readonly #targets: Floats[] = [];
  readonly #weights: Floats[] = [];

  constructor(task: Task) {
    this.task = task;
  }

  add(outputs: Floats, targets: Floats, weights: Floats | undefined, rows: number): void {
    const { units } = this.task;
    this.#outputs.push(outputs.slice(0, rows * units));
    this.#targets.push(targets.slice(0, rows * units));
    this.#weights.push(weights ? weights.slice(0, rows) : new Float64Array(rows).fill(1));
  }

  get outputs(): Floats {
    return joined(this.#outputs);
  }

  get targets(): Floats {
    return joined(this.#targets);
  }

  get weights(): Floats {
    return joined(this.#weights);
  }
}

/** All parts as one, which takes their place. */
function joined(parts: Floats[]): Floats {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = isFloat32(parts[0]) ? new Float32Array(length) : new Float64Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  parts.splice(0, parts.length, whole);
  return whole;
}
