import { describe, expect, it } from "vitest";
import { Hash } from "../../src/ground/hash.ts";
import { Random } from "../../src/ground/random.ts";

const hashOf = (...parts: number[][]) => {
  const hash = new Hash();
  for (const part of parts) hash.add(Uint32Array.from(part));
  return String(hash);
};

describe("a hash of words", () => {
  it("is the same however the words are cut, and eight bytes in hexadecimal", () => {
    expect(hashOf([1, 2, 3, 4])).toBe(hashOf([1], [], [2, 3], [4]));
    expect(hashOf([1, 2, 3, 4])).toMatch(/^[\da-f]{16}$/);
  });

  it("differs in both halves wherever one word differs, and goes by the order of words (seed 5)", () => {
    const random = new Random(5);
    const words = Array.from({ length: 20 }, () => random.next());
    const found = hashOf(words);
    for (let turn = 0; turn < 2000; turn++) {
      const at = random.below(20);
      const other = hashOf(words.with(at, (words[at]! ^ (1 << random.below(32))) >>> 0));
      expect(other.slice(0, 8)).not.toBe(found.slice(0, 8));
      expect(other.slice(8)).not.toBe(found.slice(8));
    }
    expect(hashOf([1, 2])).not.toBe(hashOf([2, 1]));
    expect(hashOf([])).not.toBe(hashOf([0]));
  });
});
