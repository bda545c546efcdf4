/** The published package in a program that is tested by jest: in jsdom, which hides much of what Node has, and in Node. */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeProgram } from "../support/bundles.ts";
import { installPackage } from "../support/package.ts";

const load = createRequire(import.meta.url);
const folder = installPackage();
afterAll(() => rmSync(folder, { recursive: true }));

const use = `
  test("uses all of the package", async () => {
    const layers = [{ units: 2, activation: "tanh" }, { units: 1, activation: "sigmoid" }];
    const network = await Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy" });
    const either = Dataset.from({ inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: Float32Array.of(0, 1, 1, 1) });
    const until = performance.now() + 100; // longer than a slice of time
    const onEpoch = ({ epoch }) => epoch < 2000 || performance.now() < until;
    await network.fit(either, { epochs: 1e6, batchSize: "full", optimizer: sgd({ learningRate: 1 }), onEpoch });
    expect(Array.from(network.predict([[0, 0], [1, 1]]), Math.round)).toEqual([0, 1]);
    expect((await parseCsv("a,b\\n1,2\\n", { inputs: ["a"], targets: ["b"] })).count).toBe(1);
    await network.save("model.json");
    expect((await Network.load("model.json")).toJSON()).toEqual(network.toJSON());
    expect(network.trace([0, 1], [1]).toSvg()).toMatch(/^<svg/);
  });`;

const imports = `
  import { Dataset, Network, parseCsv, sgd } from "lanegrad";
  import "lanegrad/dataflow";`;

/** What jest says of a test of its own. */
function jest(name: string, program: string, config: object, ...flags: string[]): string {
  const file = writeProgram(folder, `${name}/program.test.js`, program);
  writeFileSync(join(dirname(file), "jest.config.json"), JSON.stringify(config));
  const bin = join(dirname(load.resolve("jest/package.json")), "bin/jest.js");
  const args = [...flags, bin, "--no-cache", "--config", "jest.config.json"];
  const options = { cwd: dirname(file), encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } } as const;
  return spawnSync(process.execPath, args, options).stderr;
}

/** As by create-react-app and the like, which make CommonJS of modules; here of the package, too, as jest's page says. */
const transformed = {
  transform: {
    "\\.m?js$": [
      load.resolve("babel-jest"),
      {
        babelrc: false,
        configFile: false,
        plugins: ["dynamic-import", "modules-commonjs"].map((name) => load.resolve(`@babel/plugin-transform-${name}`)),
      },
    ],
  },
  transformIgnorePatterns: [],
};

describe.each(["jsdom", "node"])("jest with the environment %s", (name) => {
  const testEnvironment = name === "node" ? name : load.resolve("jest-environment-jsdom");

  it("runs what imports the package, transformed", () => {
    expect(jest(`${name}-transformed`, imports + use, { testEnvironment, ...transformed })).toContain("1 passed");
  });

  it("runs what imports the package, as modules", () => {
    const flags = ["--no-warnings", "--experimental-vm-modules"];
    const printed = jest(`${name}-modules`, imports + use, { testEnvironment, transform: {} }, ...flags);
    expect(printed).toContain("1 passed");
  });
});

it("jest says what to do where it requires the package untransformed", () => {
  const program = 'test("requires", () => void require("lanegrad"));';
  expect(jest("untransformed", program, { testEnvironment: "node", transform: {} })).toContain(
    'require("lanegrad"): expected a host that can require an ES module',
  );
});
