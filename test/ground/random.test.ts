import { describe, expect, it } from "vitest";
import { Random } from "../../src/ground/random.ts";

const mask = 2n ** 32n - 1n;
const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (32n - by))) & mask;

/** xoshiro128** as its authors publish it, in whole numbers of any size. */
function* xoshiro(state: bigint[]): Generator<number, never> {
  for (;;) {
    const [s0, s1, s2, s3] = state as [bigint, bigint, bigint, bigint];
    yield Number((rotate((s1 * 5n) & mask, 7n) * 9n) & mask);
    const [a2, a3] = [s2 ^ s0, s3 ^ s1];
    state = [s0 ^ a3, s1 ^ a2, a2 ^ ((s1 << 9n) & mask), rotate(a3, 11n)];
  }
}

function splitmix(seed: bigint): bigint[] {
  return [1n, 2n, 3n, 4n].map((i) => {
    let t = (seed + i * 0x9e3779b9n) & mask;
    t = ((t ^ (t >> 16n)) * 0x21f0aaadn) & mask;
    t = ((t ^ (t >> 15n)) * 0x735a2d97n) & mask;
    return t ^ (t >> 15n);
  });
}

const take = (count: number, next: () => number) => Array.from({ length: count }, next);

describe("Random", () => {
  it("draws normal numbers, by the share of them within each distance", () => {
    const [random, count] = [new Random(7), 200_000];
    const drawn = Float64Array.from({ length: count }, () => random.normal());
    const within = (limit: number) => drawn.filter((x) => Math.abs(x) <= limit).length / count;
    // erf(limit / sqrt(2)), to within four deviations of the share.
    for (const [limit, share] of [
      [0.1, 0.0796557],
      [0.5, 0.3829249],
      [1, 0.6826895],
      [1.5, 0.8663856],
      [2, 0.9544997],
      [3, 0.9973002],
      [4, 0.9999367],
    ] as const) {
      const deviation = Math.sqrt((share * (1 - share)) / count);
      expect(Math.abs(within(limit) - share), `within ${limit}`).toBeLessThan(4 * deviation);
    }
    expect(Math.abs(drawn.filter((x) => x < 0).length / count - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / count));
  });

  it("is xoshiro128** seeded by splitmix32", () => {
    const known = xoshiro([1n, 2n, 3n, 4n]);
    expect(take(4, () => known.next().value)).toEqual([11520, 0, 5927040, 70819200]);
    for (const seed of [0, 1, 12345, 2 ** 31, 2 ** 32 - 1]) {
      const [random, expected] = [new Random(seed), xoshiro(splitmix(BigInt(seed)))];
      expect(
        take(1000, () => random.next()),
        `seed ${seed}`,
      ).toEqual(take(1000, () => expected.next().value));
    }
  });

  it("counts every bit of a seed, and gives each stream numbers of its own", () => {
    const seeds = [...Array(100).keys(), ...Array.from({ length: 53 }, (_, bit) => 2 ** bit), 2 ** 32 + 1, 2 ** 53 - 1];
    const streams = ["initialization", "shuffling", "dropout", "split"] as const;
    const firsts = seeds.flatMap((seed) =>
      streams.map((stream) =>
        take(
          4,
          (
            (random) => () =>
              random.next()
          )(new Random(seed, stream)),
        ).join(" "),
      ),
    );
    expect(new Set(firsts).size).toBe(new Set(seeds).size * streams.length);
  });

  it("goes on from its state", () => {
    const random = new Random(2 ** 40 + 3, "shuffling");
    take(10, () => random.next());
    const copy = Random.from(structuredClone(random.state));
    expect(take(10, () => copy.next())).toEqual(take(10, () => random.next()));
  });

  it("draws uniformly within bounds", () => {
    const random = new Random(1);
    const values = take(10_000, () => random.uniform(-2, 6));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...values)).toBeLessThan(6);
    expect(values.reduce((sum, value) => sum + value, 0) / 10_000).toBeCloseTo(2, 0);
  });

  it("draws whole numbers below a limit without bias", () => {
    const random = new Random(2);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[random.below(6)]!++;
    // Five standard deviations of a binomial count are 456.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(456);
    // Without throwing back, the lower half of these would be twice as frequent as the upper.
    const limit = 3 * 2 ** 30;
    let low = 0;
    for (let i = 0; i < 30_000; i++) low += random.below(limit) < 2 ** 30 ? 1 : 0;
    expect(Math.abs(low - 10_000)).toBeLessThan(410);
    expect(new Random(3).below(1)).toBe(0);
    expect(new Random(3).below(2 ** 32)).toBe(new Random(3).next());
  });

  it("shuffles in place: every number still there, every order possible", () => {
    const random = new Random(4);
    const values = Uint32Array.from({ length: 100 }, (_, i) => i);
    expect(random.shuffle(values)).toBe(values);
    expect([...values]).not.toEqual([...values].sort((a, b) => a - b));
    expect([...values].sort((a, b) => a - b)).toEqual(take(100, () => 0).map((_, i) => i));
    const orders = new Set(take(1000, () => 0).map(() => random.shuffle([1, 2, 3, 4]).join("")));
    expect(orders.size).toBe(24);
  });
});
