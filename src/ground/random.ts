/**
 * Seeded random numbers, the same on every host: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom
 * number generators", 2021), its state filled by splitmix32. Only integer arithmetic and exact scaling are used.
 * Not for secrets.
 */

/**
 * What numbers are drawn for: each has a stream of its own, so that equal seeds do not mean equal numbers. Initialization is
 * the stream of the bare seed.
 */
const streams = { initialization: 0, shuffling: 1, dropout: 2, split: 3, permutation: 4, windows: 5 };

export type Stream = keyof typeof streams;

/** The four words that a stream goes on from. */
export type RandomState = readonly [number, number, number, number];

export class Random {
  readonly #state = new Uint32Array(4);

  /** seed: a whole number from 0 to 2^53 - 1, all of whose bits count. part: of the stream, from 0. */
  constructor(seed: number, stream: Stream = "initialization", part = 0) {
    this.#absorb(seed >>> 0);
    const high = Math.floor(seed / 2 ** 32);
    // 21 bits of the seed, and the stream's number above them.
    const rest = (high | (streams[stream] << 21)) >>> 0;
    if (rest > 0) this.#absorb(rest);
    if (part > 0) this.#absorb(part);
  }

  /** Goes on from what `state` gave. */
  static from(state: RandomState): Random {
    const random = new Random(0);
    random.#state.set(state);
    return random;
  }

  get state(): RandomState {
    const [a, b, c, d] = this.#state;
    return [a!, b!, c!, d!];
  }

  /** Mixes a word into the state; for each word this is one-to-one, so states that differ stay different. */
  #absorb(word: number): void {
    for (let i = 0; i < 4; i++) {
      const z = ((this.#state[i]! ^ word) + Math.imul(i + 1, 0x9e3779b9)) >>> 0;
      let t = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
      this.#state[i] = t ^ (t >>> 15);
    }
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    const s = this.#state;
    const scrambled = Math.imul(rotateLeft(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotateLeft(s[3]!, 11);
    return scrambled;
  }

  /** Uniform in [low, high): 32 random bits. */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.next() / 2 ** 32);
  }

  /** A whole number from 0 to limit - 1, for limits up to 2^32, without bias. */
  below(limit: number): number {
    // Numbers from the incomplete last run of `limit` are thrown back, or small results would be more frequent.
    const usable = 2 ** 32 - (2 ** 32 % limit);
    for (;;) {
      const value = this.next();
      if (value < usable) return value % limit;
    }
  }

  /**
   * Normal, with mean 0 and variance 1: by comparing uniform numbers, so that no host's logarithm has a say (Karney, "Sampling
   * exactly from the normal distribution", 2016, algorithm N).
   */
  normal(): number {
    for (;;) {
      let k = 0;
      while (this.#isWithin(0.5)) k++;
      if (!this.#areWithin(k * (k - 1), 0.5)) continue;
      const x = this.uniform();
      if (!this.#areWithin(k + 1, (x * (2 * k + x)) / (2 * k + 2))) continue;
      return this.next() < 2 ** 31 ? k + x : -(k + x);
    }
  }

  /** True with probability e^-p, for p up to 1: whether a run of falling numbers, from p on, has an even length (von Neumann). */
  #isWithin(p: number): boolean {
    for (let last = p, isEven = true; ; isEven = !isEven) {
      const drawn = this.uniform();
      if (drawn >= last) return isEven;
      last = drawn;
    }
  }

  /** True with probability e^(-times p). */
  #areWithin(times: number, p: number): boolean {
    for (let i = 0; i < times; i++) if (!this.#isWithin(p)) return false;
    return true;
  }

  /** Shuffles in place (Fisher and Yates) and returns what it was given. */
  shuffle<T extends { length: number; [index: number]: number }>(values: T): T {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const kept = values[i]!;
      values[i] = values[j]!;
      values[j] = kept;
    }
    return values;
  }
}

function rotateLeft(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}
