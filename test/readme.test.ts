import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type SeedResult, seedTable, shortfalls } from "../bench/seed-runs.ts";
import { drawTrace, picture } from "../examples/trace.ts";
import { packedFiles } from "./support/package.ts";
import { knownDescent } from "./support/titanic.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = await readFile(join(root, "README.md"), "utf8");

const result = (name: string): unknown => JSON.parse(readFileSync(join(root, `bench/results/${name}.json`), "utf8"));

/** What a measurement wrote between its marks. */
function between(name: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`].map((mark) => readme.indexOf(mark));
  return readme.slice(readme.indexOf("\n", begin), end).trim();
}

interface Snippet {
  readonly heading: string;
  readonly code: string;
}

/** The code blocks that follow a `run` mark, with the heading they stand under. */
function snippets(text: string): Snippet[] {
  return [...text.matchAll(/<!-- run -->\s*```ts\n([\s\S]*?)```/g)].map((match) => ({
    heading: text
      .slice(0, match.index)
      .match(/^## .*$/gm)!
      .at(-1)!
      .slice(3),
    code: match[1]!,
  }));
}

describe("README", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(root, "test", ".readme-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("marks every TypeScript block to be run", () => {
    expect(snippets(readme)).toHaveLength(readme.match(/```ts/g)!.length);
    expect(snippets(readme).length).toBeGreaterThanOrEqual(4);
  });

  it("shows the picture that the engine draws", async () => {
    expect(await readFile(picture, "utf8")).toBe(await drawTrace());
  });

  it.each(snippets(readme))("$heading: runs", async ({ heading, code }) => {
    const file = join(folder, `${heading.replace(/\W+/g, "-")}.ts`);
    const library = pathToFileURL(join(root, "src/index.ts")).href;
    const local = code
      .replaceAll('"lanegrad"', JSON.stringify(library))
      .replaceAll('"lanegrad/dataflow"', JSON.stringify(library.replace("index.ts", "dataflow/index.ts")))
      .replaceAll('"lanegrad/explain"', JSON.stringify(library.replace("index.ts", "explain/index.ts")))
      .replaceAll('"run.checkpoint"', JSON.stringify(join(folder, "run.checkpoint")))
      .replaceAll('"titanic.json"', JSON.stringify(join(folder, "titanic.json")));
    await writeFile(file, local);
    const printed = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      await import(file);
      expect(printed).toHaveBeenCalled();
      for (const value of printed.mock.calls.flat()) expect(JSON.stringify(value)).not.toMatch(/null|NaN/);
      if (heading === "The smallest program") expect(printed.mock.calls[0]![0][0]).toBeGreaterThan(0.9);
    } finally {
      printed.mockRestore();
    }
  });

  it("has a training that goes on in another process to the same bits, after a kill", async () => {
    const { code } = snippets(readme).find(({ heading }) => heading.includes("after a kill"))!;
    const [first, second] = code.split("const resumed =") as [string, string];
    const [data, rest] = first.split("const network =") as [string, string];
    const [, options] = rest.split("const options =") as [string, string];
    const kill = "onEpoch: ({ epoch }) => void (epoch === 7 && process.kill(process.pid, 'SIGKILL'))";
    const said = (network: string) =>
      `\nconsole.log("bits", Buffer.from(${network}.parameters.slice().buffer).toString("hex"));`;
    const run = async (name: string, program: string) => {
      const library = pathToFileURL(join(root, "dist/bundle/index.js")).href;
      const file = join(folder, `${name}.mjs`);
      const path = JSON.stringify(join(folder, name === "whole" ? "whole.checkpoint" : "killed.checkpoint"));
      await writeFile(
        file,
        program.replace('"lanegrad"', JSON.stringify(library)).replaceAll('"run.checkpoint"', path),
      );
      const { stdout, signal } = spawnSync(process.execPath, [file], { encoding: "utf8" });
      return { bits: /^bits (.*)$/m.exec(stdout)?.[1], signal };
    };
    const whole = await run("whole", first + said("network"));
    const killed = await run("killed", first.replace("fit(train, options)", `fit(train, { ...options, ${kill} })`));
    expect([whole.bits?.length, killed.signal]).toEqual([2307 * 8, "SIGKILL"]);
    const ends = options.split("const history =")[0];
    const resumed = await run("resumed", `${data}const options =${ends}const resumed =${second}${said("resumed")}`);
    expect(resumed.bits).toBe(whole.bits);
  });

  it("states the losses of the known descent", () => {
    expect(readme).toContain(knownDescent.map(([, loss]) => loss.toFixed(8)).join(", "));
  });

  it("shows nothing that only a clone has", () => {
    for (const { code } of snippets(readme)) expect(code).not.toMatch(/"(?:\.\/)?(?:src|test|bench)\//);
  });

  it("has the figures of bench/results/seeds.json", () => {
    const { results } = result("seeds") as { results: SeedResult[] };
    expect(shortfalls(results)).toEqual([]);
    expect(between("seeds")).toBe(seedTable(results));
  });

  it("has the figures of bench/results/ulp.json", () => {
    const { functions } = result("ulp") as { functions: { function: string; tier: string; ulp: number }[] };
    const [head, , ...rows] = between("ulp")
      .split("\n")
      .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim())); // prettier-ignore
    const shown = rows.flatMap(([name, ...cells]) => cells.map((ulp, i) => [name, head![i + 1], ulp]));
    expect(shown).toEqual(functions.map(({ function: name, tier, ulp }) => [name, tier, ulp.toFixed(2)]));
  });

  it("shows on the registry's page all that it shows: no picture and no link that is found only in a clone", () => {
    expect(readme.match(/\]\((?!https:)[^)]*\)/g)).toBeNull();
    expect(readme).toContain("npm install lanegrad");
    const packed = packedFiles();
    for (const [path] of readme.matchAll(/(?<=`)[\w./-]+\.svg(?=`)/g)) expect(packed).toContain(path);
    for (const [path] of readme.matchAll(/(?<=node_modules\/lanegrad\/)[\w./-]+/g)) expect(packed).toContain(path);
  });

  it("names only commands and files that exist", async () => {
    const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    for (const [, name] of readme.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(name!);
    for (const [, path] of readme.matchAll(/`((?:src|test|bench|examples)\/[\w./-]+\.\w+)`/g)) {
      await expect(readFile(join(root, path!)), path).resolves.toBeDefined();
    }
  });
});
