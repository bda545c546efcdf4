/**
 * Walks the table of layers: forward, loss, backward, step. A batch of any size is cut into passes of at most
 * `capacity` samples, whose gradients add up; a sum over panels or passes is always taken in order.
 */
import * as layerOf from "./layer";
import { LANES } from "./lanes";
import { panelsToRows, rowsToPanels } from "./panel";
import { Layer, Network, Samples } from "./tables";

function panelsOf(samples: i32): i32 {
  return (samples + LANES - 1) / LANES;
}

function layerAt(network: Network, index: u32): Layer {
  return changetype<Layer>(network.layers + <usize>index * offsetof<Layer>());
}

/** One pass forward, of places [begin, end) of the samples' order. */
function forwardPass(network: Network, samples: Samples, begin: i32, end: i32): void {
  const inputs = layerAt(network, 0).fanIn;
  rowsToPanels(network.x, samples.inputs, samples.order, network.shift, network.scale, inputs, begin, end);
  const panels = panelsOf(end - begin);
  for (let k: u32 = 0; k < network.depth; k++) layerOf.forward(layerAt(network, k), 0, panels);
}

/** The sum of the losses of the pass that went forward last. */
function lossOfPass(network: Network, samples: Samples, begin: i32, end: i32): f64 {
  const last = layerAt(network, network.depth - 1);
  rowsToPanels(network.y, samples.targets, samples.order, 0, 0, last.fanOut, begin, end);
  call_indirect<void>(network.lossValue, network.losses, last.x, last.s, network.y, last.fanOut, 0, end - begin);
  let sum: f64 = 0;
  for (let p = 0; p < panelsOf(end - begin); p++) sum += load<f64>(network.losses + ((<usize>p) << 3));
  return sum;
}

/** One pass backward, of `count` samples: the gradients of `scale` times the sum of their losses. */
function backwardPass(network: Network, count: i32, scale: f32, accumulate: bool): void {
  const panels = panelsOf(count);
  const last = layerAt(network, network.depth - 1);
  // Where the loss is computed from the logits, the plan gives the last layer no backward kernel: dx is ds already.
  call_indirect<void>(network.lossGradient, last.dx, last.x, network.y, last.fanOut, 0, count, scale);
  for (let k = <i32>network.depth - 1; k >= 0; k--)
    layerOf.inputGradient(layerAt(network, k), network.packed, 0, panels);
  for (let k = <i32>network.depth - 1; k >= 0; k--) {
    const layer = layerAt(network, k);
    layerOf.parameterGradient(layer, network.packed, network.edge, count, 0, layer.fanOut, accumulate);
  }
}

/** Forward: outputs of the rows at places [begin, end). */
export function forward(network: Network, samples: Samples, begin: i32, end: i32): void {
  const capacity = <i32>network.capacity;
  for (let at = begin; at < end; at += capacity) {
    const stop = min(at + capacity, end);
    forwardPass(network, samples, at, stop);
    writeOutputs(network, samples, at, stop);
  }
}

function writeOutputs(network: Network, samples: Samples, begin: i32, end: i32): void {
  const last = layerAt(network, network.depth - 1);
  panelsToRows(samples.outputs, last.x, samples.order, last.fanOut, begin, end);
}

/** Forward, and the sum of the losses of places [begin, end). */
export function loss(network: Network, samples: Samples, begin: i32, end: i32): f64 {
  const capacity = <i32>network.capacity;
  let sum: f64 = 0;
  for (let at = begin; at < end; at += capacity) {
    const stop = min(at + capacity, end);
    forwardPass(network, samples, at, stop);
    writeOutputs(network, samples, at, stop);
    sum += lossOfPass(network, samples, at, stop);
  }
  return sum;
}

/** The sum of the losses of places [begin, end) divided by `total`, and the gradient of that in the arena. */
export function gradient(network: Network, samples: Samples, begin: i32, end: i32, total: i32, accumulate: bool): f64 {
  const capacity = <i32>network.capacity;
  const scale = <f32>(1 / <f64>total);
  let sum: f64 = 0;
  for (let at = begin; at < end; at += capacity) {
    const stop = min(at + capacity, end);
    forwardPass(network, samples, at, stop);
    sum += lossOfPass(network, samples, at, stop);
    backwardPass(network, stop - at, scale, accumulate || at > begin);
  }
  return sum / <f64>total;
}

/** One step of descent. A loss that is not finite leaves the parameters as they are. */
export function step(network: Network, samples: Samples, begin: i32, end: i32): f64 {
  const mean = gradient(network, samples, begin, end, end - begin, false);
  if (!isFinite(mean)) return mean;
  if (network.advance != 0) call_indirect<void>(network.advance, network.state);
  call_indirect<void>(
    network.update,
    network.parameters,
    network.gradients,
    network.slots,
    network.byteLength,
    network.state,
    <usize>0,
    network.byteLength,
  );
  return mean;
}
