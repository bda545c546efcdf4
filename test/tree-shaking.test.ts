/** What a program loads of the library: what it imports, and of the rest only what is loaded when it is asked for. */
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { root } from "./support/package.ts";

/** The sources, of the rooms of kinds, that a program's first file holds, as a bundler makes it. */
async function kindsOf(program: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: program, resolveDir: root, sourcefile: "program.js" },
    absWorkingDir: root,
    alias: { lanegrad: `${root}dist/index.js` },
    bundle: true,
    splitting: true,
    outdir: "out",
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const { outputs } = metafile;
  const first = Object.keys(outputs).find((name) => outputs[name]!.entryPoint === "program.js")!;
  const loaded = new Set([first]);
  for (const name of loaded) {
    for (const { path, kind } of outputs[name]!.imports) if (kind === "import-statement") loaded.add(path);
  }
  const inputs = [...loaded].flatMap((name) => Object.entries(outputs[name]!.inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  return used.flatMap((path) => /^dist\/kinds\/(.*)\.js$/.exec(path)?.[1] ?? []);
}

const inRoom = (room: string) => (path: string) => path.startsWith(`${room}/`);

describe("a program of a network and sgd", () => {
  it("loads no metric before it asks for one", async () => {
    const kinds = await kindsOf('import { Network, sgd } from "lanegrad"; console.log(Network, sgd);');
    expect(kinds.filter(inRoom("metrics")).toSorted()).toEqual(["metrics/evaluation", "metrics/task"]);
  });

  it("holds no schedule, and of several the one that it imports", async () => {
    const plain = await kindsOf('import { Network, sgd } from "lanegrad"; console.log(Network, sgd);');
    expect(plain.filter(inRoom("schedules"))).toEqual(["schedules/schedule"]);
    const cosine = await kindsOf('import { cosine, Network, sgd } from "lanegrad"; console.log(cosine, Network, sgd);');
    expect(cosine.filter(inRoom("schedules")).toSorted()).toEqual(["schedules/cosine", "schedules/schedule"]);
  });
});
