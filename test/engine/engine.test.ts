import { expect, it } from "vitest";
import { partAt } from "../../src/engine/engine.ts";

it("counts the places of a part of a training's step from where the part begins", () => {
  const part = { step: 5, place: 3 };
  expect(partAt(part, 16)).toEqual({ step: 5, place: 19 });
  expect(part.place).toBe(3);
});
