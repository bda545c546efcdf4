/** The command as a user runs it: the built program, in a folder of its own, its output not a terminal. */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), "lanegrad-"))));
afterEach(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Without what this environment says of colours and Node's options. */
function run(...args: string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

describe("the command", () => {
  it("trains, shows what was learned, and writes the picture in the place of an older one", async () => {
    const picture = join(folder, "titanic.svg");
    await writeFile(picture, "an older picture");
    const older = (await stat(picture)).ino;
    const { code, stdout, stderr } = await run();
    expect({ code, stderr: stderr.replace(/^(training|the same in plain JavaScript): .*\n/gm, "") }).toEqual({
      code: 0,
      stderr: "",
    });

    expect(stdout).toContain("714 passengers of known age, three models");
    const losses = [...stdout.matchAll(/mean log loss +([\d.]+)/g)].map(([, loss]) => Number(loss));
    expect(losses[0]).toBeCloseTo(0.5251799, 6);
    expect(losses[1]).toBeCloseTo(0.5086088, 6);
    expect(losses[2]).toBeCloseTo(0.49995, 4);
    expect(stdout).toContain("557 of 714 (78.0 %)");
    expect(stdout).toContain("564 of 714 (79.0 %)");
    expect(stdout.match(/truly survived/g)?.length).toBe(3);
    for (const name of [
      "w₁,₁⁽¹⁾",
      "w₁,₂⁽¹⁾",
      "w₁,₃⁽¹⁾",
      "w₂,₁⁽¹⁾",
      "w₂,₂⁽¹⁾",
      "w₂,₃⁽¹⁾",
      "w₁,₁⁽²⁾",
      "w₁,₂⁽²⁾",
      "w₁,₃⁽²⁾",
    ]) {
      expect(stdout).toContain(`${name}  `);
    }
    expect(stdout).toMatch(/partial derivatives checked +9\n/);
    const [difference, float32] = [...stdout.matchAll(/largest relative error .* ([\d.e-]+)\n/g)].map(([, e]) => +e!);
    expect(difference).toBeLessThan(1e-7);
    expect(float32).toBeLessThan(1e-4);
    expect(stdout).toMatch(/boy of 3 +[\d.]+ +[\d.]+ +0\.[56]/);
    expect(stdout).toMatch(/\n {2}tier +(fused|strict|wide)\n {2}why +the best this host runs/);
    expect(stdout).not.toContain("asked for by name");
    expect(stdout).toMatch(/speed +[\d.]+ times as fast/);

    // Renamed into place, whole, and nothing else left behind.
    expect(await readdir(folder)).toEqual(["titanic.svg"]);
    expect((await stat(picture)).ino).not.toBe(older);
    expect(await readFile(picture, "utf8")).toMatch(/^(<\?xml|<svg)[\s\S]*<\/svg>\s*$/);
  });

  it("shows plain lines where it writes to no terminal, and puts the picture where it is told", async () => {
    const { code, stdout, stderr } = await run("--engine", "strict", "--output", "elsewhere.svg");
    expect(code).toBe(0);
    expect((stdout + stderr).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stderr.split("\n").slice(0, 2)).toEqual([
      "training: 22 to go",
      expect.stringMatching(/^training: 22 of 22, loss 0\.\d{4}, after \d+\.\d s$/),
    ]);
    expect(stdout).toMatch(/\n {2}tier +strict\n {2}why +asked for by name\n/);
    expect(stdout).toContain("elsewhere.svg");
    expect(await readdir(folder)).toEqual(["elsewhere.svg"]);
  });

  it("explains itself", async () => {
    const { code, stdout, stderr } = await run("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Trains three models[\s\S]*--engine[\s\S]*--output[\s\S]*--help/);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    [["--colour"], 'options: expected --engine, --output, --help, got "--colour"'],
    [["--outptu", "x.svg"], '"--outptu" (did you mean "--output"?)'],
    [["picture.svg"], 'got "picture.svg"'],
    [["--output"], "--output: expected a value, got none"],
    [
      ["--engine", "fusd"],
      '--engine: expected an engine: one of auto, strict, fused, wide, float32, float64, got "fusd"',
    ],
    [["--engine", "fusd"], '(did you mean "fused"?)'],
    [
      ["--output", "nowhere/titanic.svg"],
      '--output: expected a file in a folder that can be written to, got "nowhere/',
    ],
  ])("refuses %s before any work, and shows its usage", async (args, words) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(words);
    expect(stderr).toContain("Usage: npm start");
    expect(stderr).not.toMatch(/\n +at /);
  });

  it("leaves the older picture alone where it refuses", async () => {
    await writeFile(join(folder, "titanic.svg"), "an older picture");
    expect((await run("--engine", "fusd")).code).toBe(1);
    expect(await readFile(join(folder, "titanic.svg"), "utf8")).toBe("an older picture");
  });

  it("runs the reference once where that is what was asked for", async () => {
    const { code, stdout, stderr } = await run("--engine", "float32");
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n {2}tier +float32\n/);
    expect(stdout).not.toContain("times as fast");
    expect(stderr).not.toContain("the same in plain JavaScript");
  });

  it("ends quietly when its reader has seen enough", async () => {
    const { code, stderr } = await new Promise<{ code: number | null; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [program], { cwd: folder, env: { PATH: process.env.PATH } });
      let text = "";
      child.stderr.on("data", (chunk) => (text += chunk));
      child.stdout.once("data", () => child.stdout.destroy());
      child.on("close", (ended) => resolve({ code: ended, stderr: text }));
    });
    expect(code).toBe(141);
    expect(stderr).not.toMatch(/EPIPE|Error|\n +at /);
    expect(await readdir(folder)).toEqual([]);
  });
});
