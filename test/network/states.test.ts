/**
 * Random sequences of calls against a small model of what a network is doing. Whatever comes in between (errors, aborts,
 * callbacks that throw or ask for anything, iterators that are left lying), the network is as before or as trained, what is
 * refused is refused rightly, and the next call finds it in order.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import { Dataset } from "../../src/data/dataset.ts";
import { ReferenceEngine } from "../../src/engine/reference/reference-engine.ts";
import { WasmEngine } from "../../src/engine/wasm/wasm-engine.ts";
import { CapacityError, InvalidInputError, LanegradError } from "../../src/ground/errors.ts";
import { Random } from "../../src/ground/random.ts";
import { adam, lbfgs, type Optimizer, sgd } from "../../src/kinds/optimizers/index.ts";
import type { Standardization } from "../../src/data/preprocess/standardize.ts";
import { Network } from "../../src/network/network.ts";
import type { Epoch } from "../../src/training/history.ts";
import type { FitOptions } from "../../src/training/options.ts";
import { bitsOf } from "../support/engines.ts";

const SEED = 16_010;
const SEQUENCES = 120;
const CALLS = 14;

const inputs = Array.from({ length: 24 }, (_, i) => [i / 8 - 1.5, (i * i) % 7]);
const targets = inputs.map(([a, b]) => [2 * a! - b! / 7]);
const plain = Dataset.from({ inputs, targets });
const asking = Dataset.from({ inputs, targets, standardize: true });
/** Its deviation is nothing that float32 could divide by. */
const tiny = Dataset.from({ inputs: inputs.map((_, i) => [i * 1e-41, i * 1e-41]), targets, standardize: true });
const wild = Dataset.from({ inputs: inputs.map(([a]) => [a! * 1e19, 1e19]), targets: targets.map(() => [1e30]) });
/** Its first loss is finite, and the step from there leaves the numbers that there are. */
const spoiling = Dataset.from({ inputs: inputs.map(() => [1e15, 1e15]), targets: targets.map(() => [1e15]) });
const enough = new Error("enough");

afterEach(() => vi.restoreAllMocks());

const optimizers: readonly Optimizer[] = [sgd({ learningRate: 0.01 }), adam({ learningRate: 0.01 }), lbfgs()];
const oneOf = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)]!;
const nothing = () => undefined;

/** A network and what is known of it. */
class Subject {
  readonly network: Network;
  readonly random: Random;
  readonly log: string[];
  iterator: AsyncGenerator<Epoch, void, undefined> | undefined;
  isLbfgsWaiting = false;
  hasLearned = false;

  constructor(network: Network, random: Random, log: string[]) {
    this.network = network;
    this.random = random;
    this.log = log;
  }

  picture() {
    const { parameters, standardization } = this.network;
    return { parameters: [...bitsOf(parameters)], standardization };
  }

  /** A call that must succeed where `isAllowed`, and else be refused without changing anything. */
  attempt(name: string, isAllowed: boolean, call: () => unknown, expected = "that"): void {
    this.log.push(`  ${name}, ${isAllowed ? "allowed" : "refused"}`);
    if (isAllowed) {
      call();
      return;
    }
    const before = this.picture();
    expect(call, name).toThrow(InvalidInputError);
    expect(call, name).toThrow(expected);
    expect(this.picture()).toEqual(before);
  }

  /** Asks for everything that changes nothing. */
  async look(): Promise<void> {
    const { network } = this;
    const before = this.picture();
    const predicted = network.predict(inputs);
    network.gradients(plain);
    network.activations(inputs);
    network.state();
    const saved = JSON.parse(JSON.stringify(network));
    expect(this.picture()).toEqual(before);
    const copy = await Network.fromJSON(saved, { engine: network.engine.tier });
    expect([...bitsOf(copy.predict(inputs))]).toEqual([...bitsOf(predicted)]);
    copy.dispose();
    expect((await network.evaluate(plain)).loss).toBeGreaterThanOrEqual(0);
  }

  /** What a callback may do in the midst of a training, or anybody between its epochs. */
  meddle(isLbfgs: boolean): void {
    const { network, random } = this;
    const standardization: Standardization = { mean: [1, 2], std: [3, 4] };
    const layer = { weights: [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], biases: [0, 0, 0] }; // prettier-ignore
    switch (random.below(4)) {
      case 0:
        this.attempt("standardize in training", false, () => network.standardize(standardization), "not in training");
        break;
      case 1:
        this.attempt("setParameters in training", !isLbfgs, () => network.setParameters(0, layer), "lbfgs");
        break;
      case 2:
        network.predict(inputs);
        network.toJSON();
        network.state();
        break;
      default:
    }
  }

  /** A fit, from its arguments to what it must come to. */
  async fit(): Promise<void> {
    const { network, random } = this;
    const optimizer = oneOf(random, optimizers);
    const isLbfgs = optimizer.name === "lbfgs";
    const options: FitOptions = { epochs: 1 + random.below(5), optimizer, batchSize: 8, seed: random.below(100) };
    const data = oneOf(random, [plain, plain, asking]);
    const controller = new AbortController();
    const meddle = () => this.meddle(isLbfgs);
    const thrower = () => {
      throw enough;
    };
    const kinds: Record<string, () => { data?: Dataset; options?: Partial<FitOptions>; fails: boolean | undefined }> = {
      plainly: () => ({ fails: false }),
      watched: () => ({ options: { onEpoch: meddle, validationData: plain }, fails: false }),
      "stopped by its callback": () => ({ options: { onEpoch: () => false }, fails: false }),
      "with a second fit within": () => {
        const onEpoch = () =>
          expect(network.fit(plain, { epochs: 1, optimizer })).rejects.toThrow("fit: expected a network that is not");
        return { options: { onEpoch }, fails: false };
      },
      "with dispose within": () => ({
        options: {
          onEpoch: () => this.attempt("dispose in training", false, () => network.dispose(), "not in training"),
        },
        fails: false,
      }),
      "whose callback throws": () => ({ options: { onEpoch: thrower }, fails: true }),
      "whose step throws": () => ({ options: isLbfgs ? { onEpoch: thrower } : { onStep: thrower }, fails: true }),
      "whose steps are watched": () => ({ options: isLbfgs ? {} : { onStep: meddle }, fails: false }),
      "aborted before": () => {
        controller.abort(enough);
        return { options: { signal: controller.signal }, fails: true };
      },
      "aborted meanwhile": () => {
        setTimeout(() => controller.abort(enough), random.below(5));
        return {
          options: { signal: controller.signal, epochs: 1e8, onEpoch: nothing },
          fails: isLbfgs ? undefined : true,
        };
      },
      "that diverges": () => ({
        data: wild,
        options: { optimizer: sgd({ learningRate: 100 }), epochs: 20 },
        fails: true,
      }),
      // In float64 a step of 1e30 times such a gradient is a number still, and makes a network of no use.
      "that is stopped on numbers that are none": () =>
        network.engine.kind === "javascript"
          ? { fails: false }
          : {
              data: spoiling,
              options: { optimizer: sgd({ learningRate: 1e30 }), epochs: 1, batchSize: "full", onEpoch: thrower },
              fails: true,
            },
      "for which there is no memory": () => {
        const engine = network.engine.kind === "wasm" ? WasmEngine : ReferenceEngine;
        vi.spyOn(engine.prototype, "prepare").mockImplementationOnce(() => {
          throw new CapacityError("memory: expected room, got none");
        });
        return { fails: true };
      },
      "on rows that cannot be standardized": () => ({ data: tiny, fails: false }),
    };
    const name = oneOf(random, Object.keys(kinds));
    const kind = kinds[name]!();
    this.log.push(`fit ${name} by ${optimizer.name}, ${data === asking ? "standardized" : "as it is"}`);
    const before = this.picture();
    const outcome = await network.fit(kind.data ?? data, { ...options, ...kind.options }).then(
      (history) => history,
      (error: unknown) => error,
    );
    vi.restoreAllMocks();
    // Rows that ask to be standardized are refused by a network that has learned from others.
    const mayRefuse = (kind.data ?? data) !== plain;
    const mustRefuse = (kind.data ?? data) === asking && before.standardization === null && this.hasLearned;
    const mustFit = kind.fails === false && !mayRefuse;
    const allowed = kind.fails || mustRefuse ? ["refused"] : mustFit ? ["fitted"] : ["refused", "fitted"];
    expect(allowed).toContain(outcome instanceof Error ? "refused" : "fitted");
    if (outcome instanceof Error && outcome !== enough) expect(outcome).toBeInstanceOf(LanegradError);
    const after = this.picture();
    const hasMoved = JSON.stringify(after.parameters) !== JSON.stringify(before.parameters);
    this.hasLearned ||= hasMoved;
    if (!hasMoved) {
      if (outcome instanceof Error) expect(after.standardization).toEqual(before.standardization);
    } else if (before.standardization !== null) {
      expect(after.standardization).toEqual(before.standardization);
    }
    await this.expectEnded();
  }

  /** An iterator that another training has replaced ends by saying so. */
  async expectEnded(): Promise<void> {
    const { iterator } = this;
    this.iterator = undefined;
    this.isLbfgsWaiting = false;
    if (!iterator) return;
    const result = await iterator.next().then(
      ({ done }) => done,
      (error: unknown) => error,
    );
    if (result !== true) expect((result as Error).message).toMatch(/an iterator of the network's last training/);
  }

  async train(): Promise<void> {
    const { network, random } = this;
    const optimizer = oneOf(random, optimizers);
    this.log.push(`train by ${optimizer.name}`);
    const earlier = this.iterator;
    const iterator = network.train(plain, { epochs: 6, optimizer, batchSize: 8 });
    const first = await iterator.next();
    expect(first.done).toBe(false);
    this.hasLearned = true;
    if (earlier) await this.expectEnded();
    this.iterator = iterator;
    this.isLbfgsWaiting = optimizer.name === "lbfgs";
  }

  /** Goes on with the iterator that waits, or ends it. */
  async goOn(): Promise<void> {
    const { iterator, random, network } = this;
    if (!iterator) return;
    const how = oneOf(random, ["next", "next", "return", "throw"]);
    this.log.push(`iterator: ${how}`);
    if (how === "throw") await expect(iterator.throw(enough)).rejects.toBe(enough);
    else if (how === "return") await iterator.return();
    else if (!(await iterator.next()).done) return;
    this.iterator = undefined;
    this.isLbfgsWaiting = false;
    expect(network.state()).toBeNull();
  }

  async step(): Promise<void> {
    const { network, random } = this;
    const isWaiting = this.iterator !== undefined;
    const standardization = { mean: [random.uniform(-1, 1), 0], std: [random.uniform(1, 2), 1] };
    const layer = { weights: [[random.uniform(-1, 1), 0.5, -0.5]], biases: [0] };
    const call = random.below(8);
    if (call < 3) await this.fit();
    else if (call === 3) await this.train();
    else if (call === 4) await this.goOn();
    else if (call === 5) {
      this.attempt("standardize", !isWaiting, () => network.standardize(standardization), "not in training");
      if (!isWaiting) expect(network.standardization).toEqual(standardization);
    } else if (call === 6) {
      this.attempt("setParameters", !this.isLbfgsWaiting, () => network.setParameters(1, layer), "lbfgs");
    } else await this.look();
    expect(network.parameters.every(Number.isFinite)).toBe(true);
    // Nothing is ever left "in training": it may be asked for its state, and only an iterator has one.
    if (!this.iterator) expect(network.state()).toBeNull();
  }

  async end(): Promise<void> {
    const { network, iterator } = this;
    network.dispose();
    network.dispose();
    expect(() => network.predict(inputs)).toThrow("network: expected one in use, got one that was disposed");
    await expect(network.fit(plain, { epochs: 1, optimizer: adam() })).rejects.toThrow("disposed");
    if (iterator) await expect(iterator.next()).rejects.toThrow("disposed");
  }
}

describe.each(["strict", "float64"] as const)("a network in %s", (engine) => {
  it(`is in order whatever is called (seeds from ${SEED})`, async () => {
    for (let seed = SEED; seed < SEED + SEQUENCES; seed++) {
      const network = await Network.create({
        inputs: 2,
        layers: [
          { units: 3, activation: "tanh" },
          { units: 1, activation: "identity" },
        ],
        loss: "meanSquaredError",
        seed,
        engine,
      });
      const log: string[] = [];
      const subject = new Subject(network, new Random(seed), log);
      try {
        for (let call = 0; call < CALLS; call++) await subject.step();
        await subject.look();
        await subject.end();
      } catch (cause) {
        throw new Error(`seed ${seed}, after\n${log.join("\n")}\n${(cause as Error).message}`, { cause });
      }
    }
  });
});
