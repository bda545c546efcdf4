/**
 * Walks the table of ops: forward, loss, backward, step. A batch of any size is cut into passes of at most
 * `capacity` samples, whose gradients add up.
 *
 * Threads share a call: each takes some of the panels forward and backward, which never need another's; then all meet,
 * and each takes some of the units of every op's gradient, and some of the update. A sum over samples, panels or passes
 * is always taken in the same order, so any number of threads computes the same bits.
 */
import { announce, meet, nextCall } from "./barrier";
import { LANES } from "./lanes";
import { panelAt, panelsToRows, rowsToPanels, weightsToPanels } from "./panel";
import { advanceAverage, average, BLOCK, constrain, constrains, measure, regularize } from "./refinement";
import { Network, Op, Pass, Refinement, Samples, Team, TRAINING, USE } from "./tables";

/** Kinds of call, each doing what the one before does and more. */
const FORWARD: u32 = 0;
const LOSS: u32 = 1;
const GRADIENT: u32 = 2;
const STEP: u32 = 3;

/** Forward: outputs of the rows at places [begin, end). */
export function forward(network: Network, samples: Samples, begin: i32, end: i32): void {
  call(network, FORWARD, samples, begin, end, 1, false, USE, 0);
}

/** Forward, and the sum of the losses of places [begin, end) by their weights. */
export function loss(network: Network, samples: Samples, begin: i32, end: i32, mode: u32): f64 {
  return call(network, LOSS, samples, begin, end, 1, false, mode, 0);
}

/** That sum divided by `total`, and the gradient of the quotient in the arena. */
export function gradient(
  network: Network,
  samples: Samples,
  begin: i32,
  end: i32,
  total: f64,
  accumulate: bool,
  mode: u32,
): f64 {
  return call(network, GRADIENT, samples, begin, end, total, accumulate, mode, 0);
}

/** One step of descent, by the mean over places [begin, end). A loss that is not finite leaves the parameters as they are. */
export function step(network: Network, samples: Samples, begin: i32, end: i32, rate: f64): f64 {
  const total = totalWeight(samples, begin, end);
  const mean = call(network, STEP, samples, begin, end, total, false, TRAINING, rate);
  network.step++;
  return mean;
}

/**
 * Up to `count` steps in a row, over batches of `batch` places of `capacity`: from place `begin` on, the last batch being
 * what is left, and then from 0 again. losses, rates: [count] float64. How many were done: fewer after a loss that is not
 * finite.
 */
export function steps(
  network: Network,
  samples: Samples,
  begin: i32,
  batch: i32,
  capacity: i32,
  count: i32,
  losses: usize,
  rates: usize,
): i32 {
  let at = begin;
  for (let i = 0; i < count; i++) {
    const end = min(capacity - at, batch) + at;
    const offset = (<usize>i) << 3;
    const mean = step(network, samples, at, end, load<f64>(rates + offset));
    store<f64>(losses + offset, mean);
    if (!isFinite(mean)) return i + 1;
    at = end == capacity ? 0 : end;
  }
  return count;
}

/** The update alone, from what the arena of gradients holds. */
export function updateParameters(network: Network, rate: f64): void {
  update(network, rate, 0, 1);
}

/** What a mean over places [begin, end) divides by; 1 where all of them weigh nothing, so that their mean is 0. */
export function totalWeight(samples: Samples, begin: i32, end: i32): f64 {
  if (samples.weights == 0) return <f64>(end - begin);
  let sum: f64 = 0;
  for (let place = begin; place < end; place++) {
    const row = <usize>load<u32>(samples.order + ((<usize>place) << 2));
    sum += <f64>load<f32>(samples.weights + (row << 2));
  }
  return sum > 0 ? sum : 1;
}

/** What a worker does until the team is stopped: its share of each call. */
export function work(team: Team, thread: u32): void {
  let last: u32 = 0;
  for (;;) {
    last = nextCall(team, last);
    if (team.stop != 0) return;
    const network = changetype<Network>(team.network);
    const samples = changetype<Samples>(team.samples);
    const adds = team.accumulate != 0;
    share(
      network,
      team.kind,
      samples,
      team.begin,
      team.end,
      team.total,
      adds,
      team.mode,
      team.rate,
      thread,
      team.threads,
    );
    meet(team);
  }
}

/** Lets the workers return. */
export function stop(team: Team): void {
  team.stop = 1;
  announce(team);
}

/** A call by the thread that owns the network: alone where sharing would cost more than it brings. */
function call(
  network: Network,
  kind: u32,
  samples: Samples,
  begin: i32,
  end: i32,
  total: f64,
  accumulate: bool,
  mode: u32,
  rate: f64,
): f64 {
  const team = changetype<Team>(network.team);
  if (team.threads == 1 || <u64>(end - begin) * <u64>(network.byteLength >> 2) < <u64>team.pays) {
    return share(network, kind, samples, begin, end, total, accumulate, mode, rate, 0, 1);
  }
  team.network = changetype<usize>(network);
  team.kind = kind;
  team.samples = changetype<usize>(samples);
  team.begin = begin;
  team.end = end;
  team.accumulate = accumulate ? 1 : 0;
  team.mode = mode;
  team.total = total;
  team.rate = rate;
  announce(team);
  const result = share(network, kind, samples, begin, end, total, accumulate, mode, rate, 0, team.threads);
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
  total: f64,
  accumulate: bool,
  mode: u32,
  rate: f64,
  thread: u32,
  threads: u32,
): f64 {
  const capacity = <i32>network.capacity;
  const pass = passOf(network, thread);
  pass.rows = samples.inputs;
  pass.weights = samples.weights == 0 ? 0 : network.weights;
  pass.scale = <f32>(1 / total);
  pass.goesBackward = kind >= GRADIENT ? 1 : 0;
  pass.mode = mode;
  pass.step = network.step;
  pass.seed = network.seed;
  let sum: f64 = 0;
  for (let at = begin; at < end; at += capacity) {
    const until = min(at + capacity, end);
    const panels = (until - at + LANES - 1) / LANES;
    pass.samples = until - at;
    pass.panels = panels;
    pass.order = samples.order + ((<usize>at) << 2);
    pass.accumulate = accumulate || at > begin ? 1 : 0;
    pass.place = network.place + (at - begin);
    // Samples of the pass, by whole panels.
    const first = partOf(panels, thread, threads) * LANES;
    const last = min(partOf(panels, thread + 1, threads) * LANES, until - at);
    forwardSamples(network, pass, first, last, threads);
    if (kind <= LOSS) writeOutputs(network, samples, pass, first, last);
    if (kind >= LOSS) {
      lossOfSamples(network, samples, pass, first, last);
      if (kind >= GRADIENT) backwardSamples(network, pass, first, last, threads);
      meetIf(network, threads);
      sum += sumOfLosses(network, panels);
      if (kind >= GRADIENT) parameterGradients(network, pass, thread, threads);
    }
    // The next pass writes over what others may still be reading: of fewer panels, each thread has others than before.
    if (until < end) meetIf(network, threads);
  }
  const mean = sum / total;
  if (kind == STEP && isFinite(mean)) update(network, rate, thread, threads);
  return mean;
}

/** Where the part of a thread begins, of `count` things. */
function partOf(count: i32, thread: u32, threads: u32): i32 {
  // Of small networks, divisions would show.
  if (threads == 1) return count * thread;
  return <i32>((<u64>count * <u64>thread) / <u64>threads);
}

function meetIf(network: Network, threads: u32): void {
  if (threads > 1) meet(changetype<Team>(network.team));
}

function passOf(network: Network, thread: u32): Pass {
  return changetype<Pass>(network.passes + ((<usize>thread) << 6));
}

function opAt(network: Network, index: u32): Op {
  return changetype<Op>(network.ops + <usize>index * offsetof<Op>());
}

/** Behind the last op of a network. */
function lossOf(network: Network): Op {
  return opAt(network, network.depth);
}

function run(kernel: u32, op: Op, pass: Pass, begin: i32, end: i32): void {
  call_indirect<void>(kernel, op, pass, begin, end);
}

function forwardSamples(network: Network, pass: Pass, first: i32, last: i32, threads: u32): void {
  const end = changetype<usize>(lossOf(network));
  const meets = network.meets != 0 && pass.mode == TRAINING;
  for (let at = network.ops; at < end; at += offsetof<Op>()) {
    const op = changetype<Op>(at);
    if (meets && op.forwardSums != 0 && op.frozen == 0) {
      run(op.forwardSums, op, pass, first, last);
      meetIf(network, threads);
    }
    run(op.forward, op, pass, first, last);
  }
}

function writeOutputs(network: Network, samples: Samples, pass: Pass, first: i32, last: i32): void {
  const op = lossOf(network);
  panelsToRows(samples.outputs, panelAt(op.input, first, op.fanIn), pass.order, op.fanIn, first, last);
}

/** The losses of these samples, after they went forward. */
function lossOfSamples(network: Network, samples: Samples, pass: Pass, first: i32, last: i32): void {
  const op = lossOf(network);
  rowsToPanels(panelAt(pass.y, first, op.fanIn), samples.targets, pass.order, op.fanIn, first, last);
  if (samples.weights != 0) {
    weightsToPanels(pass.weights + ((<usize>first) << 2), samples.weights, pass.order, first, last);
  }
  run(op.forward, op, pass, first, last);
}

function sumOfLosses(network: Network, panels: i32): f64 {
  const losses = lossOf(network).output;
  let sum: f64 = 0;
  for (let p = 0; p < panels; p++) sum += load<f64>(losses + ((<usize>p) << 3));
  return sum;
}

/** From the loss back to the first op, of these samples: the derivatives of `scale` times the sum of their losses. */
function backwardSamples(network: Network, pass: Pass, first: i32, last: i32, threads: u32): void {
  const meets = network.meets != 0 && pass.mode == TRAINING;
  for (let at = changetype<usize>(lossOf(network)); at >= network.ops; at -= offsetof<Op>()) {
    const op = changetype<Op>(at);
    if (meets && op.backwardSums != 0 && op.frozen == 0) {
      run(op.backwardSums, op, pass, first, last);
      meetIf(network, threads);
    }
    if (op.backward != 0) run(op.backward, op, pass, first, last);
  }
}

/** A thread's part of the units of every op. */
function parameterGradients(network: Network, pass: Pass, thread: u32, threads: u32): void {
  const behind = changetype<usize>(lossOf(network));
  for (let at = network.ops; at < behind; at += offsetof<Op>()) {
    const op = changetype<Op>(at);
    if (op.parameterGradient == 0) continue;
    const begin = partOf(op.fanOut, thread, threads);
    const end = partOf(op.fanOut, thread + 1, threads);
    run(op.parameterGradient, op, pass, begin, end);
  }
}

/** What ops learn without a gradient. */
function settle(network: Network): void {
  const behind = changetype<usize>(lossOf(network));
  for (let at = network.ops; at < behind; at += offsetof<Op>()) {
    const op = changetype<Op>(at);
    if (op.settle != 0 && op.frozen == 0) run(op.settle, op, passOf(network, 0), 0, 0);
  }
}

/** A thread's part of the arena, by whole blocks. */
function update(network: Network, rate: f64, thread: u32, threads: u32): void {
  const parameters = network.parameters;
  const gradients = network.gradients;
  const state = network.state;
  const byteLength = network.byteLength;
  const blocks = <i32>((byteLength + BLOCK - 1) / BLOCK);
  const begin = <usize>partOf(blocks, thread, threads) * BLOCK;
  const end = min(<usize>partOf(blocks, thread + 1, threads) * BLOCK, byteLength);
  const refinement = changetype<Refinement>(network.refinement);
  const isRefined = network.refinement != 0;
  if (thread == 0 && network.advance != 0) call_indirect<void>(network.advance, state);
  if (thread == 0 && network.meets != 0) settle(network);
  if (thread == 0 && isRefined) advanceAverage(refinement, state);
  if (isRefined) {
    // Of these blocks, others may still be writing gradients.
    meetIf(network, threads);
    measure(refinement, gradients, begin, end);
  }
  meetIf(network, threads);
  if (isRefined) regularize(refinement, parameters, gradients, byteLength, rate, begin, end);
  call_indirect<void>(network.update, parameters, gradients, network.slots, byteLength, rate, state, begin, end);
  if (!isRefined) return;
  if (constrains(refinement)) {
    meetIf(network, threads);
    constrain(refinement, parameters, thread, threads);
    meetIf(network, threads);
  }
  average(refinement, parameters, state, begin, end);
}
