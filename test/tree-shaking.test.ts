/** What a program loads of the library: what it imports, and of the rest only what is loaded when it is asked for. */
import { spawnSync } from "node:child_process";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { root } from "./support/package.ts";

/** A program as a bundler makes it, in pieces that are loaded when they are asked for, or all in one. */
function bundled(program: string, splitting = true) {
  return build({
    stdin: { contents: program, resolveDir: root, sourcefile: "program.js" },
    absWorkingDir: root,
    alias: { lanegrad: `${root}dist/index.js` },
    bundle: true,
    splitting,
    outdir: "out",
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
}

/** The modules that a program's first file holds something of. */
async function filesOf(program: string): Promise<string[]> {
  const { outputs } = (await bundled(program)).metafile;
  const first = Object.keys(outputs).find((name) => outputs[name]!.entryPoint === "program.js")!;
  const loaded = new Set([first]);
  for (const name of loaded) {
    for (const { path, kind } of outputs[name]!.imports) if (kind === "import-statement") loaded.add(path);
  }
  const inputs = [...loaded].flatMap((name) => Object.entries(outputs[name]!.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}

/** Those of the rooms of kinds. */
async function kindsOf(program: string): Promise<string[]> {
  return (await filesOf(program)).flatMap((path) => /^dist\/kinds\/(.*)\.js$/.exec(path)?.[1] ?? []);
}

const inRoom = (room: string) => (path: string) => path.startsWith(`${room}/`);

describe("a program of a network and sgd", () => {
  it("loads no metric before it asks for one", async () => {
    const kinds = await kindsOf('import { Network, sgd } from "lanegrad"; console.log(Network, sgd);');
    expect(kinds.filter(inRoom("metrics")).toSorted()).toEqual([]);
  });

  it("holds no other optimizer, and of several those that it imports", async () => {
    const plain = await kindsOf('import { Network, sgd } from "lanegrad"; console.log(Network, sgd);');
    expect(plain.filter(inRoom("optimizers")).toSorted()).toEqual([
      "optimizers/index",
      "optimizers/optimizer",
      "optimizers/sgd",
    ]);
    const two = await kindsOf('import { lion, nadam, Network } from "lanegrad"; console.log(lion, nadam, Network);');
    expect(two.filter(inRoom("optimizers")).toSorted()).toEqual([
      "optimizers/index",
      "optimizers/lion",
      "optimizers/nadam",
      "optimizers/optimizer",
    ]);
  });

  it("loads L-BFGS when it is asked for", async () => {
    const files = await filesOf('import { Network, sgd } from "lanegrad"; console.log(Network, sgd);');
    expect(files.filter((path) => /lbfgs|line-search|vectors/.test(path))).toEqual([]);
  });

  it("understands data of an optimizer that it imports, and says what to import of one that it does not", async () => {
    const program = `import { adam, Network } from "lanegrad";
      import { checkOptimizer } from "./dist/kinds/optimizers/index.js";
      globalThis.known = [adam, Network];
      const told = (name) => { try { return checkOptimizer("fit: optimizer", { name }).name; } catch ({ message }) { return message; } };
      console.log(JSON.stringify(["adam", "lion"].map(told)));`;
    const { outputFiles } = await bundled(program, false);
    const { stdout } = spawnSync(process.execPath, ["--input-type=module"], {
      input: outputFiles[0]!.text,
      encoding: "utf8",
    });
    expect(JSON.parse(stdout)).toEqual([
      "adam",
      'fit: optimizer: expected one whose factory this program imports: adam, got "lion" (import { lion } from "lanegrad", if it has one of that name)',
    ]);
  });

  it("holds no schedule, and of several the one that it imports", async () => {
    const plain = await kindsOf('import { Network, sgd } from "lanegrad"; console.log(Network, sgd);');
    expect(plain.filter(inRoom("schedules"))).toEqual(["schedules/schedule"]);
    const cosine = await kindsOf('import { cosine, Network, sgd } from "lanegrad"; console.log(cosine, Network, sgd);');
    expect(cosine.filter(inRoom("schedules")).toSorted()).toEqual(["schedules/cosine", "schedules/schedule"]);
  });
});
