import { expect, it } from "vitest";
import { toText } from "../../../src/dataflow/label.ts";
import { lossName, sumName, targetName, unitName, unitsName, upTo, weightName, weightsName } from "../../../src/dataflow/network/names.ts"; // prettier-ignore

it("are those of the notes", () => {
  const names = [
    unitName(2, 1),
    sumName(3, 12),
    weightName(1, 2, 3),
    weightsName(1, 2),
    unitsName(4),
    targetName(1, 1),
    targetName(1, 2),
    lossName(),
    lossName(7),
  ];
  expect(names.map(toText)).toEqual(["x_1^(2)", "s_12^(3)", "w_(2,3)^(1)", "w_2^(1)", "x^(4)", "y", "y_1", "l", "l_7"]);
  expect([unitsName(4), weightsName(1, 2)].every(([part]) => part!.bold)).toBe(true);
});

it("count from 1", () => {
  expect(upTo(3)).toEqual([1, 2, 3]);
  expect(upTo(0)).toEqual([]);
});
