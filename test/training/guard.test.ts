import { describe, expect, it } from "vitest";
import type { Engine } from "../../src/engine/engine.ts";
import { allFinite, Guard } from "../../src/training/guard.ts";

const newEngine = () => ({ parameters: Float32Array.of(1), statistics: Float32Array.of(10) }) as unknown as Engine;
const set = ({ parameters, statistics }: Engine, value: number) => {
  parameters.fill(value);
  statistics.fill(10 * value);
};

/** What the engine has after it was put back. */
function back(guard: Guard, engine: Engine) {
  set(engine, NaN);
  guard.putBack();
  return [engine.parameters[0], engine.statistics[0], guard.isBack];
}

describe("the guard of a training", () => {
  it("puts back what was there before, while nothing else has been accepted", () => {
    const engine = newEngine();
    const guard = new Guard(engine);
    expect(back(guard, engine)).toEqual([1, 10, true]);
    guard.accept();
    expect(back(guard, engine)).toEqual([1, 10, true]);
  });

  it("puts back what was accepted last, not what was only remembered", () => {
    const engine = newEngine();
    const guard = new Guard(engine);
    guard.accept();
    set(engine, 2);
    guard.remember();
    guard.accept();
    set(engine, 3);
    guard.remember();
    expect(back(guard, engine)).toEqual([2, 20, false]);
  });

  it("goes on from its state", () => {
    const engine = newEngine();
    const guard = new Guard(engine, { good: Float32Array.of(7), statistics: Float32Array.of(70), accepted: 5 });
    expect(guard.state).toEqual({ good: Float32Array.of(7), statistics: Float32Array.of(70), accepted: 5 });
    expect(back(guard, engine)).toEqual([7, 70, false]);
  });
});

it("tells numbers that are finite from others", () => {
  expect(allFinite(Float32Array.of(0, -1, 3e38))).toBe(true);
  expect(allFinite(new Float32Array(0))).toBe(true);
  for (const bad of [NaN, Infinity, -Infinity]) expect(allFinite(Float64Array.of(1, bad))).toBe(false);
});
