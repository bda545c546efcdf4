/**
 * Outputs of which some units, a head, have an activation and a loss of their own. In a panel the units of a head lie
 * together, so the kernels of its activation and its loss are run panel by panel, as if there were no other units. Behind the
 * loss in the table of ops lie two rows for each head: its activation, and its loss, whose `dOutput` is where its targets lie.
 * Their ends are those of the first panel.
 *
 * The loss is the sum of the heads' losses, each times its weight; it is derived by the logits. numbers of the loss: the weights.
 */
import { LANES, panelsIn, ROW } from "../lanes";
import { Op, Pass } from "../tables";

const SIZE = offsetof<Op>();

/** x, s: [panel, units, 16]. */
export function forward(op: Op, pass: Pass, begin: i32, end: i32): void {
  activate(op, pass, begin, end, false);
}

/** ds = dx f'(s) of each head's own f, whether its loss is derived by the outputs or not. */
export function backward(op: Op, pass: Pass, begin: i32, end: i32): void {
  activate(op, pass, begin, end, true);
}

function activate(op: Op, pass: Pass, begin: i32, end: i32, isBackward: bool): void {
  const units = op.fanOut;
  let row = changetype<usize>(op) + 2 * SIZE;
  for (let unit: u32 = 0; unit < units; row += 2 * SIZE) {
    const activation = changetype<Op>(row);
    const kernel = isBackward ? activation.backward : activation.forward;
    for (let first = begin; first < end; first += LANES) {
      run(kernel, panelOf(activation, pass, units, first), pass, first, end);
    }
    unit += activation.fanOut;
  }
}

/** sums[p] = the sum over heads of weight times the head's own sum, which it keeps. sums: [panel] float64. */
export function value(op: Op, pass: Pass, begin: i32, end: i32): void {
  for (let first = begin; first < end; first += LANES) store<f64>(sumAt(op, first), 0);
  const units = op.fanIn;
  const weights = pass.weights;
  const y = pass.y;
  let row = changetype<usize>(op) + 2 * SIZE;
  let weight = op.numbers;
  for (let unit: u32 = 0; unit < units; row += 2 * SIZE, weight += 4) {
    const loss = changetype<Op>(row);
    for (let first = begin; first < end; first += LANES) {
      lookAt(pass, loss, units, weights, first);
      const panel = panelOf(loss, pass, units, first);
      panel.output = sumAt(loss, first);
      run(loss.forward, panel, pass, first, end);
      const sum = sumAt(op, first);
      store<f64>(sum, load<f64>(sum) + <f64>load<f32>(weight) * load<f64>(sumAt(loss, first)));
    }
    unit += loss.fanIn;
  }
  pass.weights = weights;
  pass.y = y;
}

/** ds of each head: from its logits, or else by its outputs and then back through its activation. */
export function gradient(op: Op, pass: Pass, begin: i32, end: i32): void {
  const units = op.fanIn;
  const weights = pass.weights;
  const y = pass.y;
  const scale = pass.scale;
  let row = changetype<usize>(op) + 2 * SIZE;
  let weight = op.numbers;
  for (let unit: u32 = 0; unit < units; row += 2 * SIZE, weight += 4) {
    const loss = changetype<Op>(row);
    const activation = changetype<Op>(row - SIZE);
    pass.scale = scale * load<f32>(weight);
    for (let first = begin; first < end; first += LANES) {
      lookAt(pass, loss, units, weights, first);
      run(loss.backward, panelOf(loss, pass, units, first), pass, first, end);
      // Derived by the logits, it has kept these.
      if (loss.kept != loss.input) continue;
      run(activation.backward, panelOf(activation, pass, units, first), pass, first, end);
    }
    unit += loss.fanIn;
  }
  pass.weights = weights;
  pass.y = y;
  pass.scale = scale;
}

/** A copy of a head's row, in the thread's own room, for the panel of a sample. */
function panelOf(head: Op, pass: Pass, units: u32, first: i32): Op {
  const panel = changetype<Op>(pass.workspace);
  const shift = panelsIn(first) * <usize>units * ROW;
  memory.copy(pass.workspace, changetype<usize>(head), SIZE);
  panel.input += shift;
  panel.output += shift;
  panel.dInput += shift;
  panel.dOutput += shift;
  panel.kept += shift;
  return panel;
}

/** Its targets and weights. */
function lookAt(pass: Pass, loss: Op, units: u32, weights: usize, first: i32): void {
  pass.y = loss.dOutput + panelsIn(first) * <usize>units * ROW;
  if (weights != 0) pass.weights = weights + ((<usize>first) << 2);
}

function sumAt(loss: Op, first: i32): usize {
  return loss.output + (panelsIn(first) << 3);
}

function run(kernel: u32, panel: Op, pass: Pass, first: i32, end: i32): void {
  call_indirect<void>(kernel, panel, pass, 0, min(end - first, LANES));
}
