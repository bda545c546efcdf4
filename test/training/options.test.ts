import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { adam, lbfgs } from "../../src/kinds/optimizers/index.ts";
import { checkFit, checkTraining, type FitOptions, options } from "../../src/training/options.ts";

const rows = { count: 100 };
const required = { epochs: 3, optimizer: adam() };
const fit = (given: object) => checkFit(rows, { ...required, ...given } as FitOptions);

/** The README's table: name, default, words. */
const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const documented = readme
  .slice(readme.indexOf("What `fit` may be asked for"))
  .split("\n\n")[1]!
  .split("\n")
  .slice(3)
  .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")).slice(1, 3)); // prettier-ignore

describe("the options of a training", () => {
  it("are those that the README lists, with their defaults", () => {
    const mandatory = new Set(["epochs", "optimizer"]);
    const known = Object.entries(options).map(([name, { byDefault }]) => {
      if (mandatory.has(name)) return [name, "required"];
      return [name, byDefault === undefined ? "none" : JSON.stringify(byDefault)];
    });
    expect(documented).toEqual(known);
  });

  it("have these defaults where they are left out", () => {
    const { epochs, optimizer, ...others } = fit({});
    expect({ epochs, optimizer }).toEqual(required);
    expect(others).toMatchObject({ batchSize: 32, shuffle: true, seed: 0, watched: false });
    for (const name of Object.keys(required)) {
      expect(() => fit({ [name]: undefined })).toThrow(new RegExp(`^fit: ${name}: expected .*, got undefined`));
    }
  });

  it.each([
    ["epoch", "epochs"],
    ["batchsize", "batchSize"],
    ["batch_size", "batchSize"],
    ["validation", "validationData"],
    ["callback", "onEpoch"],
  ])("refuse %s", (name, meant) => {
    expect(() => fit({ [name]: 1 })).toThrow(
      new RegExp(`^fit: expected options among epochs, .*, got "${name}"( \\(did you mean "${meant}"\\?\\))?`),
    );
  });

  it("are taken by train, but for onEpoch", () => {
    expect(checkTraining(rows, required)).toMatchObject({ batchSize: 32, watched: true });
    const given = { ...required, onEpoch: () => true };
    expect(() => checkTraining(rows, given)).toThrow("train: expected options among epochs, optimizer");
  });

  it.each([
    [{ epochs: 0 }, "fit: epochs: expected a whole number, at least 1, at most 100000000, got 0"],
    [{ optimizer: "adam" }, 'fit: optimizer: expected one that a factory made, as sgd() or adam(), got "adam"'],
    [{ optimizer: { name: "adm" } }, '(did you mean "adam"?)'],
    [{ batchSize: "ful" }, 'fit: batchSize ("full", or a number): expected a whole number, at least 1, got "ful"'],
    [{ shuffle: 1 }, "fit: shuffle: expected true or false, got 1"],
    [{ shuffle: null }, "fit: shuffle: expected true or false, got null"],
    [{ seed: -1 }, "fit: seed: expected a whole number, at least 0, got -1"],
    [
      { classWeight: "even" },
      'fit: classWeight: expected "balanced" or an object with a weight for each class, got "even"',
    ],
    [{ continue: 1 }, "fit: continue: expected true or false, got 1"],
    [{ checkpoint: "run" }, 'fit: checkpoint: expected an object of options, got "run"'],
    [{ metrics: ["accuracy"] }, "fit: metrics: expected validation data that they are about, got none"],
    [{ signal: {} }, "fit: signal: expected an AbortSignal, got an object"],
    [{ onStep: 1 }, "fit: onStep: expected a function, got 1"],
    [{ onStep: () => 0, optimizer: lbfgs() }, "fit: onStep: expected an optimizer that descends step by step"],
    [{ onEpoch: null }, "fit: onEpoch: expected a function, got null"],
  ])("refuse %o by name", (given, message) => {
    expect(() => fit(given)).toThrow(message);
  });

  it("are read once each, and copied", () => {
    let asked = 0;
    const metrics = ["accuracy"];
    const validationData = {};
    const given = { ...required, metrics, validationData };
    Object.defineProperty(given, "epochs", { enumerable: true, get: () => 3 + asked++ });
    const checked = checkFit(rows, given as unknown as FitOptions);
    metrics.push("rocAuc");
    expect(checked).toMatchObject({ epochs: 3, metrics: ["accuracy"] });
    expect(asked).toBe(1);
  });

  it("put no more rows into a batch than there are", () => {
    expect(fit({ batchSize: 1000 }).batchSize).toBe(100);
    expect(fit({ batchSize: "full" }).batchSize).toBe(100);
    expect(fit({ batchSize: 10, optimizer: lbfgs() }).batchSize).toBe(100);
  });
});
