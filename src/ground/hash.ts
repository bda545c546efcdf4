/**
 * A hash of words of 32 bits, for mistakes and not against malice: 64 bits, of which one word that differs always changes
 * some, since each step is one-to-one in the word and in what went before. One half mixes as MurmurHash3 does (Appleby), the
 * other as FNV-1a (Fowler, Noll and Vo).
 */
export class Hash {
  #murmur = 0;
  #fnv = 0x811c9dc5 | 0;

  add(words: Uint32Array): void {
    let [a, b] = [this.#murmur, this.#fnv];
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      const k = Math.imul(word, 0xcc9e2d51);
      a ^= Math.imul((k << 15) | (k >>> 17), 0x1b873593);
      a = (Math.imul((a << 13) | (a >>> 19), 5) + 0xe6546b64) | 0;
      b = Math.imul(b ^ word, 0x01000193);
    }
    this.#murmur = a;
    this.#fnv = b;
  }

  /** [2] */
  get words(): Uint32Array {
    return Uint32Array.of(this.#murmur, this.#fnv);
  }

  toString(): string {
    return [...this.words].map((word) => word.toString(16).padStart(8, "0")).join("");
  }
}
