import { checkNumber, readOptions } from "../../ground/errors.ts";
import { make, RATE, type ScheduleKind } from "./schedule.ts";

export interface ConstantOptions {
  /** At least 0. */
  rate: number;
}

export interface Constant extends Readonly<ConstantOptions> {
  readonly name: "constant";
}

/**
 * The same rate in all steps: as a number is, but where a schedule is wanted.
 * @throws InvalidInputError for an unknown option or a number out of bounds.
 */
export function constant(options: ConstantOptions): Constant {
  return make(kind, options);
}

const kind: ScheduleKind<Constant> = {
  name: "constant",
  check: (options) => ({ rate: checkNumber("constant: rate", readOptions("constant", options, ["rate"]).rate, RATE) }),
  rate: ({ rate }) => rate,
};
