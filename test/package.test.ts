/** What is published: which files, how large, and that it needs nothing that is not there. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { kernelsInCode } from "./support/bundles.ts";
import { installPackage, manifest, packedFiles, root } from "./support/package.ts";

const { dependencies } = manifest;

const tiers = ["strict", "fused", "wide"];

/** Sizes after compression, in bytes; raised on purpose, never by accident. */
const budgets = { kernels: 47_000, bundle: 108_000 };

/** An entry of the library, minified, with its dependencies in it, as a bundler makes it for a page that knows no Node. */
function bundle(external: string[], entry = "index.js") {
  return build({
    entryPoints: [`${root}dist/${entry}`],
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external,
    write: false,
    metafile: true,
    logLevel: "silent",
  });
}

describe("the package", () => {
  const files = packedFiles();

  it("has the library, its types, its kernels and what a reader needs", () => {
    const wanted = ["dist/bundle/index.js", "dist/index.d.ts", "dist/wasm/strict.wasm", "dist/wasm/fused.wasm"];
    expect(files).toEqual(expect.arrayContaining([...wanted, "README.md", "LICENSE", "CHANGELOG.md", "package.json"]));
  });

  it("has nothing else, and nothing left over from an older build (remove dist/ if so)", () => {
    const made =
      /^(README|LICENSE|CHANGELOG|package\.json)|^dist\/(wasm\/\w+\.wasm|bundle\/[\w-]+\.js|standalone\/.*|.*\/?require\.(cjs|d\.cts))$/;
    const beside = new Set([
      "dataflow/package.json",
      "explain/package.json",
      ...manifest.files.filter((path) => path.endsWith(".svg")),
    ]);
    const others = files.filter((path) => !made.test(path) && !beside.has(path));
    const sources = others.map((path) => path.replace(/^dist\//, "src/").replace(/(\.d\.ts|\.js)$/, ".ts"));
    // The parser of formulas is written from a grammar, without a TypeScript source.
    const known = (path: string) => existsSync(`${root}${path}`) || path === "src/dataflow/formula/parser.ts";
    expect(sources.filter((path) => path.startsWith("src/cli/") || !known(path))).toEqual([]);
  });

  /** The dependencies that only diagrams need. */
  const drawing = ["@dagrejs/dagre", "d3-contour"];

  it("imports its dependencies and nothing else, and at the start none of them", async () => {
    const { metafile } = await bundle(Object.keys(dependencies));
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    expect(imports.filter(({ kind }) => kind !== "dynamic-import")).toEqual([]);
    const names = new Set(imports.map(({ path }) => path));
    expect([...names, ...drawing].toSorted()).toEqual(Object.keys(dependencies).toSorted());
  });

  it.each([true, false])("carries no tier that its host cannot run; in chunks: %s", async (splitting) => {
    const tiersFor = async (platform: "browser" | "node") => {
      const { outputFiles } = await build({
        entryPoints: [`${root}dist/index.js`],
        absWorkingDir: root,
        outdir: "bundled",
        bundle: true,
        splitting,
        format: "esm",
        platform,
        write: false,
        logLevel: "silent",
      });
      return tiers.filter((tier) => outputFiles.some(({ text }) => text.includes(kernelsInCode(tier))));
    };
    expect(await tiersFor("browser")).toEqual(["strict", "fused"]);
    expect(await tiersFor("node")).toEqual(tiers);
  });

  it("has diagrams and explanations only for those who import them", async () => {
    const { metafile } = await bundle([]);
    const inputs = Object.keys(metafile.inputs);
    expect(
      inputs.filter((path) => /dataflow|\/explain\//.test(path) || drawing.some((name) => path.includes(name))),
    ).toEqual([]);
  });

  it("has an entry for diagrams that does not bring the engine along", async () => {
    const { metafile } = await bundle(Object.keys(dependencies), "dataflow/index.js");
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    expect([...new Set(imports.map(({ path }) => path))].toSorted()).toEqual(drawing);
    expect(Object.keys(metafile.inputs).filter((path) => path.includes("engine/"))).toEqual([]);
  });

  it("keeps the entry for diagrams where it is imported for nothing but network.trace", async () => {
    const program =
      'import { Network } from "./dist/index.js"; import "./dist/dataflow/index.js"; console.log(Network);';
    const { metafile } = await build({
      stdin: { contents: program, resolveDir: root },
      bundle: true,
      format: "esm",
      platform: "browser",
      external: Object.keys(dependencies),
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    const [output] = Object.values(metafile.outputs);
    expect(output!.inputs["dist/dataflow/index.js"]?.bytesInOutput).toBeGreaterThan(0);
  });
});

describe("the types", () => {
  /** Outside of this repository, or its own @types/node would be found. */
  const folder = installPackage();
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What the compiler says of a program, nothing if it is right. */
  function compile(file: string, resolution: string): string {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const module = resolution === "bundler" ? ["esnext", "--moduleResolution", "bundler"] : [resolution];
    const options = ["--strict", "--noEmit", "--target", "es2022", "--lib", "es2022,dom", "--module", ...module, file];
    return spawnSync(process.execPath, [tsc, ...options], { cwd: folder, encoding: "utf8" }).stdout;
  }

  it("compile in a strict program that knows no Node, libraries included", () => {
    writeFileSync(
      join(folder, "consumer.ts"),
      `import { adam, Dataset, loadCsv, logisticRegression, Network } from "lanegrad";
       import { dataflow } from "lanegrad/dataflow";
       import { calibrate, permutationImportance } from "lanegrad/explain";
       export const network: Network = await Network.create({
         inputs: 2, layers: [{ units: 1, activation: "sigmoid" }], loss: "binaryCrossEntropy" });
       const data: Dataset = Dataset.from({ inputs: [[0, 1]], targets: [1] });
       const { loss } = await network.fit(data, { epochs: 1, optimizer: adam() });
       export const first: number | undefined = loss[0];
       for await (const { epoch } of network.train(data, { epochs: 1, optimizer: adam() })) epoch.toFixed();
       export const encoded = (await loadCsv("a.csv", { inputs: ["a"], targets: ["b"] })).select([0]).encode({ a: 1 });
       export const tier: string = (await logisticRegression({ inputs: 2 })).engine.tier;
       export const slope: number = network.trace([0, 1], [1]).slope(2, 1);
       export const cost: number = dataflow("x^2 y", { x: 1, y: 2 }).cost().backwardSweep;
       export const importance: number = (await permutationImportance(network, data)).columns[0]!.mean;
       export const p: number | undefined = (await calibrate(network, data)).predict([0, 1])[0];
       network.dispose();
       // @ts-expect-error: the constructor is not public, since only Dataset.from looks at every number.
       new Dataset({});`,
    );
    expect(compile("consumer.ts", "nodenext")).toEqual("");
  });

  const opened = `import { Network, type Step } from "lanegrad";
     const network = await Network.create({ inputs: 2, layers: [{ units: 1, activation: "tanh" }], loss: "meanSquaredError" });
     export const slope: number = network.trace([0, 1], [1]).slope(2, 1);
     export const loss = (step: Step): number => step.trace().loss;`;

  it.each(["nodenext", "bundler"])("have traces for those who import diagrams, resolved as by %s", (resolution) => {
    writeFileSync(join(folder, "opened.ts"), `${opened}\nimport "lanegrad/dataflow";`);
    expect(compile("opened.ts", resolution)).toBe("");
    writeFileSync(join(folder, "closed.ts"), opened);
    const said = compile("closed.ts", resolution);
    expect(said).toContain("Property 'slope' does not exist on type 'DataflowIsNotImported'");
    expect(said).toContain("Property 'loss' does not exist on type 'DataflowIsNotImported'");
  });

  it("do not carry the kernels a second time", () => {
    for (const tier of tiers) {
      expect(statSync(`${root}dist/engine/wasm/binaries/${tier}.d.ts`).size, tier).toBeLessThan(500);
    }
  });
});

describe("sizes", () => {
  const compressed = (bytes: Uint8Array) => brotliCompressSync(bytes).length;

  it("the kernels of all tiers keep within their budget", () => {
    const files = readdirSync(`${root}dist/wasm`).filter((name) => name.endsWith(".wasm"));
    expect(files.length).toBeGreaterThanOrEqual(3);
    const total = files.reduce((sum, name) => sum + compressed(readFileSync(`${root}dist/wasm/${name}`)), 0);
    expect(total).toBeLessThan(budgets.kernels);
  });

  it("the library keeps within its budget, kernels and dependencies included", async () => {
    const { outputFiles } = await bundle([]);
    const total = outputFiles.reduce((sum, { contents }) => sum + compressed(contents), 0);
    expect(total).toBeLessThan(budgets.bundle);
  });
});
