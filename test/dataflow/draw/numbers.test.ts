import { describe, expect, it } from "vitest";
import { exact, rounded } from "../../../src/dataflow/draw/numbers.ts";

describe("numbers", () => {
  it("are rounded for drawings", () => {
    expect(rounded(-0.046512, 3)).toBe("−0.0465");
    expect(rounded(123456.7, 2)).toBe("120000");
    expect(rounded([0.5, -1], 3)).toBe("[0.5, −1]");
    expect(rounded([0.5, -1, 2], 3)).toBe("[0.5, −1, 2]");
    expect(rounded(new Float32Array([0.1, 0.2, 0.3, 0.4]), 3)).toBe("[0.1, 0.2, …]");
    expect(rounded(NaN, 3)).toBe("NaN");
    expect(rounded([], 3)).toBe("[]");
  });

  it("have as many digits as were asked for, small and large ones too", () => {
    expect(rounded(1.2345e-5, 4)).toBe("1.234e−5");
    expect(rounded(1.2346e-5, 4)).toBe("1.235e−5");
    expect(rounded(-123456789, 2)).toBe("−1.2e8");
    expect(rounded([1.2346e9, 1], 4)).toBe("[1.235e9, 1]");
  });

  it("are whole for tooltips", () => {
    expect(exact(-1 / 3)).toBe("−0.3333333333333333");
    expect(exact([1, -2.5])).toBe("[1, −2.5]");
  });
});
