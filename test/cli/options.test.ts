import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines, readOptions, usage } from "../../src/cli/options.ts";
import { type EngineName, engineMaker } from "../../src/engine/create.ts";
import { InvalidInputError } from "../../src/ground/errors.ts";

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "lanegrad-"))));
afterAll(() => rm(folder, { recursive: true }));

describe("the options", () => {
  it("are those that were given, and otherwise the default ones", () => {
    expect(readOptions([])).toEqual({ engine: undefined, output: "titanic.svg", help: false });
    expect(readOptions(["--engine=wide", "--output", "a.svg"])).toEqual({
      engine: "wide",
      output: "a.svg",
      help: false,
    });
    expect(readOptions(["--help"]).help).toBe(true);
    expect(readOptions(["-h"]).help).toBe(true);
    expect(readOptions(["--output=-x.svg"]).output).toBe("-x.svg");
  });

  it.each([
    [["--outptu", "a.svg"], 'options: expected --engine, --output, --help, got "--outptu" (did you mean "--output"?)'],
    [["--Engine=strict"], '"--Engine" (did you mean "--engine"?)'],
    [["-e", "strict"], 'got "-e"'],
    [["a.svg"], 'options: expected --engine, --output, --help, got "a.svg"'],
    [["--", "--help"], 'got "--help"'],
    [["--engine"], "--engine: expected a value, got none"],
    [["--engine="], "--engine: expected a value, got none"],
    [["--output", "--engine"], '--output: expected a value, got the option "--engine"'],
    [["--help=no"], '--help: expected no value, got "no"'],
    [["--engine", "float"], 'got "float" (did you mean "float32"?)'],
    [["--engine", "toString"], "--engine: expected an engine: one of auto, strict, fused, wide, float32, float64, got"],
  ])("%j are refused", (args, message) => {
    expect(() => readOptions(args)).toThrow(InvalidInputError);
    expect(() => readOptions(args)).toThrow(message);
  });

  it("name a picture that can be written", async () => {
    await writeFile(join(folder, "file"), "");
    expect(readOptions(["--output", join(folder, "file")]).output).toBe(join(folder, "file"));
    for (const output of [join(folder, "no/a.svg"), join(folder, "file", "a.svg"), folder, `${folder}/`]) {
      expect(() => readOptions(["--output", output]), output).toThrow("--output: expected a file in a folder that can");
    }
  });
});

describe("the engines", () => {
  it("of the usage are those of the library", () => {
    for (const name of Object.keys(engines)) expect(usage).toMatch(new RegExp(`\\n +${name} +\\S`));
    let message = "";
    try {
      engineMaker("none" as EngineName);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(`one of ${Object.keys(engines).join(", ")}, got`);
  });
});
