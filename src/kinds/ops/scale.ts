import type { OpKind } from "./op.ts";

/** x = w n + b, unit by unit. parameters: w [units], b [units]. */
export const scale: OpKind = {
  keeps: "input",
  inPlace: false,
  parameterCount: (units) => 2 * units,
  forward({ output: x, input: n, parameters, fanOut: units }, rows) {
    for (let i = 0; i < rows * units; i++) x[i] = parameters[i % units]! * n[i]! + parameters[units + (i % units)]!;
  },
  /** dn = w dx. */
  backward({ dInput: dn, dOutput: dx, parameters, fanOut: units }, rows) {
    for (let i = 0; i < rows * units; i++) dn![i] = parameters[i % units]! * dx[i]!;
  },
  /** dw += the sum of dx n over rows, db += that of dx. */
  parameterGradient({ gradients, dOutput: dx, kept: n, fanOut: units }, rows) {
    for (let u = 0; u < units; u++) {
      let [dw, db] = [0, 0];
      for (let i = u; i < rows * units; i += units) {
        dw += dx[i]! * n[i]!;
        db += dx[i]!;
      }
      gradients[u]! += dw;
      gradients[units + u]! += db;
    }
  },
};
