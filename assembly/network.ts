/**
 * Walks the table of layers: forward, loss, backward, step. A batch of any size is cut into passes of at most
 * `capacity` samples, whose gradients add up.
 *
 * Threads share a call: each takes some of the panels forward and backward, which never need another's; then all meet,
 * and each takes some of the rows of every weights' gradient, and some of the update. A sum over samples, panels or passes
 * is always taken in the same order, so any number of threads computes the same bits.
 */
import { announce, meet, nextCall } from "./barrier";
import * as layerOf from "./layer";
import { LANES, ROW } from "./lanes";
import { panelsToRows, rowsToPanels } from "./panel";
import { Layer, Network, Samples, Team } from "./tables";

/** Kinds of call, each doing what the one before does and more. */
const FORWARD: u32 = 0;
const LOSS: u32 = 1;
const GRADIENT: u32 = 2;
const STEP: u32 = 3;

/** Forward: outputs of the rows at places [begin, end). */
export function forward(network: Network, samples: Samples, begin: i32, end: i32): void {
  call(network, FORWARD, samples, begin, end, 1, false);
}

/** Forward, and the sum of the losses of places [begin, end). */
export function loss(network: Network, samples: Samples, begin: i32, end: i32): f64 {
  return call(network, LOSS, samples, begin, end, 1, false);
}

/** The sum of the losses of places [begin, end) divided by `total`, and the gradient of that in the arena. */
export function gradient(network: Network, samples: Samples, begin: i32, end: i32, total: i32, accumulate: bool): f64 {
  return call(network, GRADIENT, samples, begin, end, total, accumulate);
}

/** One step of descent. A loss that is not finite leaves the parameters as they are. */
export function step(network: Network, samples: Samples, begin: i32, end: i32): f64 {
  return call(network, STEP, samples, begin, end, end - begin, false);
}

/**
 * Up to `count` steps in a row, over batches of `batch` places of `capacity`: from place `begin` on, the last batch being
 * what is left, and then from 0 again. losses: [count] float64. How many were done: fewer after a loss that is not finite.
 */
export function steps(
  network: Network,
  samples: Samples,
  begin: i32,
  batch: i32,
  capacity: i32,
  count: i32,
  losses: usize,
): i32 {
  let at = begin;
  for (let i = 0; i < count; i++) {
    const end = min(capacity - at, batch) + at;
    const mean = step(network, samples, at, end);
    store<f64>(losses + ((<usize>i) << 3), mean);
    if (!isFinite(mean)) return i + 1;
    at = end == capacity ? 0 : end;
  }
  return count;
}

/** The update alone, from what the arena of gradients holds. */
export function updateParameters(network: Network): void {
  update(network, 0, 1);
}

/** What a worker does until the team is stopped: its share of each call. */
export function work(team: Team, thread: u32): void {
  let last: u32 = 0;
  for (;;) {
    last = nextCall(team, last);
    if (team.stop != 0) return;
    const network = changetype<Network>(team.network);
    const samples = changetype<Samples>(team.samples);
    share(network, team.kind, samples, team.begin, team.end, team.total, team.accumulate != 0, thread, team.threads);
    meet(team);
  }
}

/** Lets the workers return. */
export function stop(team: Team): void {
  team.stop = 1;
  announce(team);
}

/** A call by the thread that owns the network: alone where sharing would cost more than it brings. */
function call(network: Network, kind: u32, samples: Samples, begin: i32, end: i32, total: i32, accumulate: bool): f64 {
  const team = changetype<Team>(network.team);
  const multiplyAdds = <u64>(end - begin) * <u64>(network.byteLength >> 2);
  if (team.threads == 1 || multiplyAdds < <u64>team.pays) {
    return share(network, kind, samples, begin, end, total, accumulate, 0, 1);
  }
  team.network = changetype<usize>(network);
  team.kind = kind;
  team.samples = changetype<usize>(samples);
  team.begin = begin;
  team.end = end;
  team.total = total;
  team.accumulate = accumulate ? 1 : 0;
  announce(team);
  const result = share(network, kind, samples, begin, end, total, accumulate, 0, team.threads);
  meet(team);
  return result;
}

/** One thread's share of a call. All threads come to the same result. */
function share(
  network: Network,
  kind: u32,
  samples: Samples,
  begin: i32,
  end: i32,
  total: i32,
  accumulate: bool,
  thread: u32,
  threads: u32,
): f64 {
  const capacity = <i32>network.capacity;
  const scale = <f32>(1 / <f64>total);
  let sum: f64 = 0;
  for (let at = begin; at < end; at += capacity) {
    const until = min(at + capacity, end);
    const panels = (until - at + LANES - 1) / LANES;
    // Samples of the pass, by whole panels.
    const first = partOf(panels, thread, threads) * LANES;
    const last = min(partOf(panels, thread + 1, threads) * LANES, until - at);
    const asPanels = !layerOf.needsNoPanels(layerAt(network, 0), panels, last - first, kind >= GRADIENT);
    forwardSamples(network, samples, at, first, last, thread, asPanels);
    if (kind <= LOSS) writeOutputs(network, samples, at, first, last);
    if (kind >= LOSS) {
      lossOfSamples(network, samples, at, first, last);
      if (kind >= GRADIENT) {
        const rows = asPanels ? 0 : samples.inputs;
        backwardSamples(network, rows, orderAt(samples, at + first), panels, scale, first, last, thread);
      }
      meetIf(network, threads);
      sum += sumOfLosses(network, panels);
      if (kind >= GRADIENT) parameterGradients(network, until - at, accumulate || at > begin, thread, threads);
    }
    // The next pass writes over what others may still be reading: of fewer panels, each thread has others than before.
    if (until < end) meetIf(network, threads);
  }
  const mean = sum / <f64>total;
  if (kind == STEP && isFinite(mean)) update(network, thread, threads);
  return mean;
}

/** Where the part of a thread begins, of `count` things. */
function partOf(count: i32, thread: u32, threads: u32): i32 {
  return <i32>((<u64>count * <u64>thread) / <u64>threads);
}

function meetIf(network: Network, threads: u32): void {
  if (threads > 1) meet(changetype<Team>(network.team));
}

function layerAt(network: Network, index: u32): Layer {
  return changetype<Layer>(network.layers + <usize>index * offsetof<Layer>());
}

/** Samples [first, last) of the pass that begins at place `at` of the order; x^(1) as panels where they are needed. */
function forwardSamples(
  network: Network,
  samples: Samples,
  at: i32,
  first: i32,
  last: i32,
  thread: u32,
  asPanels: bool,
): void {
  const inputs = layerAt(network, 0).fanIn;
  if (asPanels) {
    const x = panelAt(network.x, first, inputs);
    rowsToPanels(x, samples.inputs, samples.order, inputs, at + first, at + last);
  }
  const workspace = workspaceOf(network, thread);
  const order = orderAt(samples, at + first);
  for (let k: u32 = 0; k < network.depth; k++) {
    layerOf.forward(layerAt(network, k), k == 0 ? samples.inputs : 0, order, workspace, first, last);
  }
}

function orderAt(samples: Samples, place: i32): usize {
  return samples.order + ((<usize>place) << 2);
}

function writeOutputs(network: Network, samples: Samples, at: i32, first: i32, last: i32): void {
  const output = layerAt(network, network.depth - 1);
  const x = panelAt(output.x, first, output.fanOut);
  panelsToRows(samples.outputs, x, samples.order, output.fanOut, at + first, at + last);
}

/** The losses of these samples, after they went forward. */
function lossOfSamples(network: Network, samples: Samples, at: i32, first: i32, last: i32): void {
  const output = layerAt(network, network.depth - 1);
  const y = panelAt(network.y, first, output.fanOut);
  rowsToPanels(y, samples.targets, samples.order, output.fanOut, at + first, at + last);
  call_indirect<void>(network.lossValue, network.losses, output.x, output.s, network.y, output.fanOut, first, last);
}

/** Where the panel of a sample starts. */
function panelAt(panels: usize, sample: i32, units: u32): usize {
  return panels + <usize>(sample / LANES) * units * ROW;
}

function sumOfLosses(network: Network, panels: i32): f64 {
  let sum: f64 = 0;
  for (let p = 0; p < panels; p++) sum += load<f64>(network.losses + ((<usize>p) << 3));
  return sum;
}

/**
 * ds of every layer, of these samples: the derivatives of `scale` times the sum of their losses. rows: where x^(1) is not
 * there as panels.
 */
function backwardSamples(
  network: Network,
  rows: usize,
  order: usize,
  panels: i32,
  scale: f32,
  first: i32,
  last: i32,
  thread: u32,
): void {
  const output = layerAt(network, network.depth - 1);
  // Where the loss is computed from the logits, the plan gives the last layer no backward kernel: dx is ds already.
  call_indirect<void>(network.lossGradient, output.dx, output.x, network.y, output.fanOut, first, last, scale);
  const workspace = workspaceOf(network, thread);
  for (let k = <i32>network.depth - 1; k >= 0; k--) {
    layerOf.inputGradient(layerAt(network, k), k == 0 ? rows : 0, order, workspace, panels, first, last);
  }
}

/** A thread's part of the rows of every layer. */
function parameterGradients(network: Network, count: i32, accumulate: bool, thread: u32, threads: u32): void {
  const workspace = workspaceOf(network, thread);
  for (let k: u32 = 0; k < network.depth; k++) {
    const layer = layerAt(network, k);
    const begin = partOf(layer.fanOut, thread, threads);
    const end = partOf(layer.fanOut, thread + 1, threads);
    layerOf.parameterGradient(layer, workspace, count, begin, end, accumulate);
  }
}

function workspaceOf(network: Network, thread: u32): usize {
  return network.workspace + <usize>thread * network.workspaceBytes;
}

/** A thread's part of the arena, by whole cache lines. */
function update(network: Network, thread: u32, threads: u32): void {
  if (thread == 0 && network.advance != 0) call_indirect<void>(network.advance, network.state);
  meetIf(network, threads);
  const lines = <i32>(network.byteLength >> 6);
  call_indirect<void>(
    network.update,
    network.parameters,
    network.gradients,
    network.slots,
    network.byteLength,
    network.state,
    (<usize>partOf(lines, thread, threads)) << 6,
    (<usize>partOf(lines, thread + 1, threads)) << 6,
  );
}
