import { execFile } from "node:child_process";
import { resolveObjectURL } from "node:buffer";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import type { Worker, WorkerOptions } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Samples } from "../../../src/engine/engine.ts";
import { engineMaker } from "../../../src/engine/create.ts";
import type { Kernels } from "../../../src/engine/wasm/modules.ts";
import { WasmEngine } from "../../../src/engine/wasm/wasm-engine.ts";
import { Dataset } from "../../../src/data/dataset.ts";
import { InvalidInputError, LanegradError } from "../../../src/ground/errors.ts";
import { passCapacity } from "../../../src/engine/wasm/layout.ts";
import { Network } from "../../../src/network/network.ts";
import { adam, sgd, ruleOf } from "../../../src/kinds/optimizers/index.ts";
import { Random } from "../../../src/ground/random.ts";
import { type NetworkShape, networkShape } from "../../../src/model/shape.ts";
import { bitsOf, sharedKernels, tiers } from "../../support/engines.ts";

const strict = await sharedKernels("strict");

/** The words of a team's table that tests look at: `teamFields` of `layout.ts`, and the number of calls shared so far. */
const WORD = { threads: 0, pays: 1, patience: 3, calls: 16 };

const workers: Worker[] = [];
const collect = (worker: Worker) => workers.push(worker);
let warnings: string[];

beforeEach(() => {
  workers.length = 0;
  process.on("worker", collect);
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((warning) => void warnings.push(String(warning)));
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  process.off("worker", collect);
  syncBuiltinESMExports();
});

/** Resolves with the exit code of a worker, ended already or still to end, however it came to it. */
function exitOf(worker: Worker): Promise<number | undefined> {
  if (worker.threadId === -1) return Promise.resolve(undefined);
  return new Promise((resolve) => worker.once("exit", resolve));
}

function teamOf(engine: WasmEngine): Uint32Array {
  return new Uint32Array(engine.memory.buffer, engine.plan.team, 64);
}

/** An engine whose calls are all shared, however small. */
async function sharing(kernels: Kernels, shape: NetworkShape, threads: number): Promise<WasmEngine> {
  const engine = await WasmEngine.withThreads(kernels, shape, threads);
  teamOf(engine)[WORD.pays] = 0;
  return engine;
}

function shapeOf(inputs: number, ...units: number[]): NetworkShape {
  const layers = units.map((n, k) => ({
    units: n,
    activation: k === units.length - 1 ? ("softmax" as const) : k % 2 ? ("sigmoid" as const) : ("tanh" as const),
  }));
  return networkShape({ inputs, layers, loss: "categoricalCrossEntropy" });
}

function fillRandomly(engine: WasmEngine, samples: Samples, seed: number): void {
  const random = new Random(seed);
  for (let i = 0; i < engine.parameters.length; i++) engine.parameters[i] = random.uniform(-0.5, 0.5);
  for (let i = 0; i < samples.inputs.length; i++) samples.inputs[i] = random.uniform(-1, 1);
  const { outputs } = engine.shape;
  samples.targets.fill(0);
  for (let row = 0; row < samples.capacity; row++) samples.targets[row * outputs + random.below(outputs)] = 1;
  random.shuffle(samples.order);
}

const rules = {
  sgd: ruleOf(sgd({ learningRate: 0.1 })),
  momentum: ruleOf(sgd({ learningRate: 0.05, momentum: 0.9 })),
  adam: ruleOf(adam({ learningRate: 0.01 })),
};

/** The bits of all that an engine computes: steps by every rule, a gradient in parts, losses, outputs, layers' values. */
function everything(engine: WasmEngine, rows: number) {
  const found: Record<string, unknown> = {};
  const third = Math.ceil(rows / 3);
  for (const [name, rule] of Object.entries(rules)) {
    const samples = engine.prepare(rows, rule);
    fillRandomly(engine, samples, rows);
    const losses = [engine.step(samples, 0, rows), engine.step(samples, 0, third), engine.step(samples, third, rows)];
    found[`steps with ${name}`] = [losses, bitsOf(engine.parameters)];
  }
  const samples = engine.prepare(rows, rules.sgd);
  fillRandomly(engine, samples, rows);
  const parts = [engine.gradient(samples, 0, third, rows, false), engine.gradient(samples, third, rows, rows, true)];
  found.gradient = [parts, bitsOf(engine.gradients)];
  found.loss = [engine.loss(samples, 0, rows, rows), bitsOf(samples.outputs)];
  samples.outputs.fill(NaN);
  engine.forward(samples, 0, rows);
  found.forward = bitsOf(samples.outputs);
  found.layers = engine
    .layerValues(samples, 0, Math.min(rows, 20))
    .flatMap((layer) => Object.values(layer).map(bitsOf));
  return found;
}

describe.each(tiers)("%s with threads", (tier) => {
  const manyPasses = shapeOf(3, 5, 2);
  const cases: [name: string, shape: NetworkShape, rows: number][] = [
    ["odd widths and a partial panel", shapeOf(7, 33, 17, 5), 70],
    ["fewer panels than threads", shapeOf(5, 13, 3), 9],
    ["fewer units than threads", shapeOf(1, 1, 2), 35],
    ["a single row", shapeOf(18, 14, 3), 1],
    ["a last panel of one row", shapeOf(18, 35, 3), 33],
    ["few rows of many inputs", shapeOf(67, 21, 3), 10],
    ["a last panel of few rows", shapeOf(67, 21, 3), 26],
    ["a last panel of one row of many inputs", shapeOf(67, 21, 3), 17],
    ["three passes, the last one partial", manyPasses, 2 * passCapacity(manyPasses) + 77],
    ["columns that are packed, 1,024 apart", shapeOf(17, 1024, 13, 3), 67],
    ["columns that are packed, 2,048 apart, over passes", shapeOf(2, 2048, 2), 300],
  ];
  it.each(cases)("computes the same bits: %s", async (_, shape, rows) => {
    const kernels = await sharedKernels(tier);
    const alone = everything(new WasmEngine(kernels, shape), rows);
    for (const threads of [2, 3]) {
      const engine = await sharing(kernels, shape, threads);
      expect(engine.report).toMatchObject({ tier, shared: true, threads });
      const together = everything(engine, rows);
      for (const name of Object.keys(alone)) expect(together[name], `${threads} threads: ${name}`).toEqual(alone[name]);
      expect(teamOf(engine)[WORD.calls]).toBeGreaterThanOrEqual(14);
      engine.release();
    }
    expect(warnings).toEqual([]);
  });
});

describe("a team", () => {
  const shape = shapeOf(20, 50, 4);
  const rows = 64;

  /** An engine of two threads with rows to learn from, and the losses of as many steps. */
  async function pair(threads = 2) {
    const engine = await sharing(strict, shape, threads);
    const samples = engine.prepare(rows, rules.adam);
    fillRandomly(engine, samples, 1);
    return {
      engine,
      samples,
      steps: (count: number) => Array.from({ length: count }, () => engine.step(samples, 0, rows)),
    };
  }

  it("shares only calls that are large enough for it to pay", async () => {
    const engine = await WasmEngine.withThreads(strict, shape, 2);
    const samples = engine.prepare(1000, rules.sgd);
    const calls = () => teamOf(engine)[WORD.calls];
    engine.step(samples, 0, 16);
    engine.forward(samples, 0, 100);
    engine.layerValues(samples, 0, 100);
    expect(calls()).toBe(0);
    engine.step(samples, 0, 1000);
    engine.forward(samples, 0, 1000);
    expect(calls()).toBe(2);
    engine.release();
  });

  it("lets no thread overwrite what another still reads in the pass before", async () => {
    const larger = shapeOf(40, 200, 2);
    const count = 3 * passCapacity(larger) + 77;
    const [alone, together] = [new WasmEngine(strict, larger), await sharing(strict, larger, 3)];
    const [expected, samples] = [alone, together].map((engine) => engine.prepare(count, rules.sgd));
    fillRandomly(alone, expected!, 1);
    fillRandomly(together, samples!, 1);
    alone.forward(expected!, 0, count);
    for (let time = 0; time < 100; time++) {
      samples!.outputs.fill(NaN);
      together.forward(samples!, 0, count);
      expect(bitsOf(samples!.outputs), `call ${time + 1}`).toEqual(bitsOf(expected!.outputs));
    }
    together.release();
  });

  it("ends when its engine is released, and the engine goes on alone", async () => {
    const { engine, steps } = await pair(3);
    expect(workers.length).toBe(2);
    const expected = await pair(1);
    const losses = steps(2);
    const ends = workers.map(exitOf);
    engine.release();
    engine.release();
    expect(engine.report.threads).toBe(1);
    losses.push(...steps(2));
    expect(await Promise.all(ends)).toEqual([0, 0]);
    expect(losses).toEqual(expected.steps(4));
    expect(warnings).toEqual([]);
  });

  it("survives a growth of memory", async () => {
    const [two, one] = [await pair(), await pair(1)];
    const results = [two, one].map(({ engine }) => {
      const before = engine.memory.buffer.byteLength;
      const samples = engine.prepare(20_000, rules.momentum);
      expect(engine.memory.buffer.byteLength).toBeGreaterThan(before);
      fillRandomly(engine, samples, 5);
      return [engine.step(samples, 0, 20_000), engine.step(samples, 7, 5000), bitsOf(engine.parameters)];
    });
    expect(results[0]).toEqual(results[1]);
    two.engine.release();
  });

  it("that loses a worker says so once; its engine goes on to the same bits", async () => {
    const [three, one] = [await pair(3), await pair(1)];
    const losses = three.steps(2);
    const ends = workers.map(exitOf);
    await workers[1]!.terminate();
    expect(three.engine.report.threads).toBe(1);
    losses.push(...three.steps(2));
    await Promise.all(ends);
    expect(losses).toEqual(one.steps(4));
    expect(bitsOf(three.engine.parameters)).toEqual(bitsOf(one.engine.parameters));
    expect(warnings).toEqual([
      "lanegrad: a worker thread was lost (it ended); going on with one thread, to the same results",
    ]);
  });

  it("that loses a worker in the midst of a call ends the call with an error, not never", async () => {
    const { engine, steps } = await pair();
    const team = teamOf(engine);
    // As if there had been a third, which never comes to meet the others.
    team[WORD.threads] = 3;
    team[WORD.patience] = 1;
    const ended = exitOf(workers[0]!);
    const failure = await Promise.resolve()
      .then(() => steps(1))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LanegradError);
    expect((failure as Error).message).toMatch(/^threads: expected all of them to finish a call, lost one/);
    expect((failure as Error).cause).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(engine.report.threads).toBe(1);
    // The worker that was waiting too has given up as well.
    await ended;
    expect(steps(2).every(Number.isFinite)).toBe(true);
    expect(warnings).toEqual([]);
  });

  it("waits for a lost worker for some ten seconds, and longer only where a share of the work is large", async () => {
    const { engine } = await pair();
    expect(teamOf(engine)[WORD.patience]).toBe(11);
    engine.release();
    const large = await sharing(strict, shapeOf(4000, 4000, 2), 2);
    const share = (4000 * 4000 * passCapacity(large.shape)) / 2;
    expect(teamOf(large)[WORD.patience]).toBe(10 + Math.ceil(share / 2e8));
    large.release();
  });

  it("has no worker that goes on when the others have given it up", async () => {
    const { engine, samples } = await pair();
    // The worker finds itself stopped at its first meeting: what it would do behind it, nobody waits for.
    const team = teamOf(engine);
    team[WORD.patience] = 0;
    const before = bitsOf(engine.parameters);
    team[WORD.threads] = 3;
    expect(() => engine.step(samples, 0, rows)).toThrow(LanegradError);
    await exitOf(workers[0]!);
    expect(bitsOf(engine.parameters)).toEqual(before);
  });
});

describe("without workers", () => {
  const shape = shapeOf(2, 3, 2);
  const require = createRequire(import.meta.url);
  const threads = require("node:worker_threads") as { Worker: typeof Worker };
  const RealWorker = threads.Worker;

  /** Has workers made by `make`, which is told the number of each. */
  function replaceWorkers(make: (n: number, code: string, options: WorkerOptions) => Worker): void {
    let made = 0;
    threads.Worker = function (code: string, options: WorkerOptions) {
      return make(++made, code, options);
    } as unknown as typeof Worker;
    syncBuiltinESMExports();
  }

  afterEach(() => {
    threads.Worker = RealWorker;
    syncBuiltinESMExports();
  });

  async function aloneAfter(warning: string): Promise<void> {
    const engine = await WasmEngine.withThreads(strict, shape, 3);
    expect(engine.report.threads).toBe(1);
    const samples = engine.prepare(4000, rules.sgd);
    expect(Number.isFinite(engine.step(samples, 0, 4000))).toBe(true);
    expect(teamOf(engine)[WORD.threads]).toBe(1);
    expect(warnings).toEqual([`lanegrad: threads were asked for, but ${warning}; using one`]);
  }

  it("one thread does the work: memory that cannot be shared", async () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    const engine = await engineMaker("strict")(shape, 2);
    expect(engine.report).toMatchObject({ shared: false, threads: 1 });
    expect(warnings).toEqual(["lanegrad: threads were asked for, but memory cannot be shared here; using one"]);
    expect(workers).toEqual([]);
  });

  it("one thread does the work: a page's own, which must not wait", async () => {
    vi.spyOn(Atomics, "wait").mockImplementation(() => {
      throw new TypeError("Atomics.wait cannot be called in this context");
    });
    const engine = await engineMaker("strict")(shape, 2);
    expect(engine.report).toMatchObject({ shared: false, threads: 1 });
    expect(warnings).toEqual([
      "lanegrad: threads were asked for, but a page's own thread must not wait for others, as one of its workers may; using one",
    ]);
    expect(workers).toEqual([]);
  });

  it("one thread does the work: workers cannot be made", async () => {
    replaceWorkers(() => {
      throw new Error("not enough memory");
    });
    await aloneAfter("a worker did not start (not enough memory)");
  });

  it("one thread does the work, and no worker stays: the second one fails", async () => {
    replaceWorkers((n, code, options) => new RealWorker(n === 1 ? code : "throw new Error('no')", options));
    await aloneAfter("a worker did not start (no)");
    await exitOf(workers[0]!);
  });

  it("one thread does the work: workers that end at once", async () => {
    replaceWorkers((_, _code, options) => new RealWorker("process.exit()", options));
    await aloneAfter("a worker did not start (it ended)");
  });

  it("one thread does the work: a worker that was ready and ended before the others were", async () => {
    const ready = 'require("node:worker_threads").parentPort.postMessage("ready")';
    replaceWorkers((n, code, options) => new RealWorker(n === 1 ? ready : `setTimeout(() => {${code}}, 200)`, options));
    await aloneAfter("a worker did not start (it ended)");
    await exitOf(workers[1]!);
  });
});

describe("a browser's workers", () => {
  /** Node's worker in a browser's clothes. */
  class WebWorker {
    static readonly made: WebWorker[] = [];
    onmessage: ((event: { data: unknown }) => void) | null = null;
    onerror: ((event: { message: string }) => void) | null = null;
    readonly worker: Promise<Worker>;

    constructor(url: string) {
      const blob = resolveObjectURL(url)!;
      this.worker = this.#start(blob);
      WebWorker.made.push(this);
    }

    async #start(blob: NonNullable<ReturnType<typeof resolveObjectURL>>): Promise<Worker> {
      const { Worker: NodeWorker } = await import("node:worker_threads");
      const clothes = `
        const { parentPort } = require("node:worker_threads");
        globalThis.postMessage = (message) => parentPort.postMessage(message);
        globalThis.close = () => parentPort.close();
        parentPort.on("message", (data) => data === "die" ? process.exit() : globalThis.onmessage({ data }));`;
      const worker = new NodeWorker(`${clothes}\n${await blob.text()}`, { eval: true });
      worker.on("message", (data) => this.onmessage?.({ data }));
      worker.on("error", ({ message }) => this.onerror?.({ message }));
      return worker;
    }

    postMessage(message: unknown): void {
      void this.worker.then((worker) => worker.postMessage(message, []));
    }
  }

  it("share calls, end when released, and are reported when lost", async () => {
    const expected = everything(new WasmEngine(strict, shapeOf(7, 33, 17, 5)), 70);
    vi.stubGlobal("process", { versions: {} });
    vi.stubGlobal("Worker", WebWorker);
    vi.spyOn(console, "warn").mockImplementation((warning: string) => void warnings.push(warning));
    const engine = await sharing(strict, shapeOf(7, 33, 17, 5), 3);
    expect(engine.report.threads).toBe(3);
    expect(everything(engine, 70)).toEqual(expected);
    WebWorker.made[0]!.onerror!({ message: "out of memory" });
    expect(engine.report.threads).toBe(1);
    expect(warnings).toEqual([
      "lanegrad: a worker thread was lost (out of memory); going on with one thread, to the same results",
    ]);
    for (const { worker } of WebWorker.made) {
      await exitOf(await worker);
    }
  });

  it("are done without where the page does not allow them", async () => {
    vi.stubGlobal("process", { versions: {} });
    vi.spyOn(console, "warn").mockImplementation((warning: string) => void warnings.push(warning));
    vi.stubGlobal(
      "Worker",
      class {
        onerror: ((event: { message?: string }) => void) | null = null;
        postMessage() {
          queueMicrotask(() => this.onerror!({}));
        }
      },
    );
    const engine = await WasmEngine.withThreads(strict, shapeOf(2, 3, 2), 2);
    expect(engine.report.threads).toBe(1);
    expect(warnings[0]).toContain("a worker did not start (the page does not allow it); using one");
  });
});

describe("a network", () => {
  const layers = [
    { units: 60, activation: "tanh" as const },
    { units: 1, activation: "identity" as const },
  ];
  const description = { inputs: 30, layers, loss: "meanSquaredError" as const, engine: "strict" as const };
  const random = new Random(1);
  const draw = (rows: number, width: number) =>
    Array.from({ length: rows }, () => Array.from({ length: width }, () => random.uniform(-1, 1)));
  const dataset = Dataset.from({ inputs: draw(500, 30), targets: draw(500, 1) });

  it("trains to the same bits with threads, and lets them go when disposed", async () => {
    const trained = [];
    for (const threads of [1, 2, 3]) {
      const network = await Network.create({ ...description, threads: { count: threads, force: true } });
      expect(network.engine).toMatchObject({ threads, shared: threads > 1 });
      const { loss } = await network.fit(dataset, { epochs: 3, batchSize: 200, optimizer: adam() });
      trained.push([loss, bitsOf(network.parameters), await network.evaluate(dataset)]);
      network.dispose();
    }
    expect(trained[1]).toEqual(trained[0]);
    expect(trained[2]).toEqual(trained[0]);
    await Promise.all(workers.map(exitOf));
  });

  it("refuses a number of threads that cannot be", async () => {
    for (const threads of [0, -1, 1.5, 257, NaN, Infinity, "2", null]) {
      const made = Network.create({ ...description, threads: threads as number });
      await expect(made).rejects.toThrow(InvalidInputError);
      await expect(made).rejects.toThrow("network: threads: expected a whole number, at least 1, at most 256");
      const forced = Network.create({ ...description, threads: { count: threads as number, force: true } });
      await expect(forced).rejects.toThrow("network: threads: count: expected a whole number, at least 1, at most 256");
    }
    for (const threads of [{ count: 2, force: 1 }, { count: 2, forced: true }, { force: true }, [2], {}]) {
      const made = Network.create({ ...description, threads: threads as never });
      await expect(made, JSON.stringify(threads)).rejects.toThrow(InvalidInputError);
    }
    expect(workers).toEqual([]);
  });

  it("has at most as many threads as the machine runs at a time, and says so once; unless forced", async () => {
    const most = availableParallelism();
    for (let time = 0; time < 2; time++) {
      const network = await Network.create({ ...description, threads: most + 1 });
      expect(network.engine).toMatchObject({ threads: most, shared: most > 1 });
      network.dispose();
    }
    const [warning, ...others] = warnings;
    expect(warning).toMatch(`lanegrad: ${most + 1} threads were asked for, but this machine runs ${most} at a time`);
    expect(others).toEqual([]);
    const forced = await Network.create({ ...description, threads: { count: most + 1, force: true } });
    expect(forced.engine.threads).toBe(most + 1);
    forced.dispose();
    const asked = await Network.create({ ...description, threads: { count: most + 1, force: false } });
    expect(asked.engine.threads).toBe(most);
    asked.dispose();
    expect(warnings.length).toBe(1);
  });

  it("in plain JavaScript has one thread, and says so", async () => {
    for (const engine of ["float32", "float64"] as const) {
      expect((await Network.create({ ...description, engine, threads: 2 })).engine.threads).toBe(1);
    }
    expect(workers).toEqual([]);
  });
});

describe("a program", () => {
  const prelude = `
    import { once } from "node:events";
    import { setTimeout as sleep } from "node:timers/promises";
    import { WasmEngine } from "${new URL("../../../dist/engine/wasm/wasm-engine.js", import.meta.url).href}";
    import { loadKernels } from "${new URL("../../../dist/engine/wasm/modules.js", import.meta.url).href}";
    import { networkShape } from "${new URL("../../../dist/model/shape.js", import.meta.url).href}";
    import { ruleOf, sgd } from "${new URL("../../../dist/kinds/optimizers/index.js", import.meta.url).href}";
    const workers = [];
    process.on("worker", (worker) => workers.push(worker));
    const shape = networkShape({
      inputs: 30, layers: [{ units: 60, activation: "tanh" }, { units: 2, activation: "identity" }], loss: "meanSquaredError",
    });
    const rule = ruleOf(sgd({ learningRate: 0.1 }));
    const train = async (threads) => {
      const engine = await WasmEngine.withThreads(await loadKernels("strict", true), shape, threads);
      if (engine.report.threads !== threads) throw new Error("expected as many threads as asked for");
      const samples = engine.prepare(1000, rule);
      for (let step = 0; step < 5; step++) engine.step(samples, 0, 1000);
      return engine;
    };
  `;

  /** Runs the program to its end, which has to come by itself. */
  async function run(code: string, ...flags: string[]): Promise<string> {
    const args = [...flags, "--input-type=module", "-e", prelude + code];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
    expect(stderr).toBe("");
    return stdout;
  }

  it("that has trained with threads ends by itself, soon", async () => {
    const ended = Number(await run("await train(3); process.on('exit', () => console.log(performance.now()));"));
    expect(ended).toBeLessThan(10_000);
  });

  it("whose workers would keep it alive ends when the engine is released", async () => {
    const code = `
      const engine = await train(3);
      for (const worker of workers) worker.ref();
      engine.release();`;
    await run(code);
  });

  it("keeps no core busy between steps", async () => {
    const code = `
      const engine = await train(3);
      await sleep(50);
      const before = process.cpuUsage();
      await sleep(300);
      const { user, system } = process.cpuUsage(before);
      console.log((user + system) / 300_000);
      engine.release();`;
    expect(Number(await run(code))).toBeLessThan(0.2);
  });

  it("that forgets its engines lets their workers go", async () => {
    const code = `
      await (async () => { await train(2); await train(3); })();
      const ends = Promise.all(workers.map((worker) => { worker.ref(); return once(worker, "exit"); }));
      let over = false;
      ends.then(() => (over = true));
      while (!over) { gc(); await sleep(10); }
      console.log(workers.length);`;
    expect(await run(code, "--expose-gc")).toBe("3\n");
  });
});
