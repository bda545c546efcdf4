/** The published package bundled by esbuild for Node and for pages: without a warning, and it runs where no package is. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { printed, programs, runBundle, tiersIn, writeProgram } from "./support/bundles.ts";
import { installPackage } from "./support/package.ts";

const folder = installPackage();
const outputs = mkdtempSync(join(tmpdir(), "lanegrad-bundles-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(outputs, { recursive: true });
});

/** Bundles a program, with a name of its own, and gives the folder of what was made. */
async function bundle(name: string, program: string, options: BuildOptions): Promise<string> {
  const outdir = join(outputs, name);
  const { warnings } = await build({
    entryPoints: { main: writeProgram(folder, `${name}.js`, program) },
    bundle: true,
    outdir,
    target: "es2022",
    logLevel: "silent",
    ...options,
  });
  expect(warnings).toEqual([]);
  const type = options.format === "cjs" ? "commonjs" : "module";
  writeFileSync(join(outdir, "package.json"), JSON.stringify({ type }));
  return outdir;
}

describe("a bundle for Node", () => {
  it.each(["esm", "cjs"] as const)("in one file, as %s, trains with threads, saves and loads", async (format) => {
    const made = await bundle(`node-${format}`, programs.node, { platform: "node", format });
    expect(runBundle(join(made, "main.js"), "node")).toBe(printed.node);
    expect(tiersIn(made)).toEqual(["strict", "fused", "wide"]);
  });

  it("of a program that requires the package does so, too", async () => {
    const made = await bundle("require", programs.commonJs, { platform: "node", format: "cjs" });
    expect(runBundle(join(made, "main.js"), "node")).toBe(printed.node);
  });

  it("that is minified and split does so, too", async () => {
    const made = await bundle("split", programs.node, {
      platform: "node",
      format: "esm",
      splitting: true,
      minify: true,
    });
    expect(runBundle(join(made, "main.js"), "node")).toBe(printed.node);
  });
});

describe("a bundle for a page", () => {
  it("runs without Node, and carries no tier that a page cannot run", async () => {
    const made = await bundle("page", programs.page, { platform: "browser", format: "esm", minify: true });
    expect(runBundle(join(made, "main.js"), "page")).toBe(printed.page);
    expect(tiersIn(made)).toEqual(["strict", "fused"]);
  });

  it("that is split loads one tier, and at most 67 KB before it trains, 80 KB when it does", async () => {
    const program = 'import { Network } from "lanegrad"; console.log(Network);';
    const { metafile, outputFiles } = await build({
      entryPoints: { main: writeProgram(folder, "parts.js", program) },
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      outdir: join(outputs, "parts"),
      absWorkingDir: folder,
      write: false,
      metafile: true,
    });
    const sizes = new Map(outputFiles.map(({ path, contents }) => [basename(path), gzipSync(contents).length]));
    const imports = new Map(Object.entries(metafile.outputs).map(([path, made]) => [basename(path), made.imports]));
    /** Those files, and all that they import at once. */
    const sizeOf = (...names: string[]) => {
      const loaded = new Set(names.map((name) => [...sizes.keys()].find((file) => file.startsWith(name))!));
      for (const file of loaded) {
        for (const { path, kind } of imports.get(file)!) if (kind === "import-statement") loaded.add(basename(path));
      }
      return [...loaded].reduce((sum, file) => sum + sizes.get(file)!, 0);
    };
    const before = sizeOf("main", "loader-", "fused-");
    const training = sizeOf("main", "loader-", "fused-", "opening-");
    console.log(`A page loads ${before} bytes of lanegrad, compressed by gzip, and ${training} when it trains.`);
    expect(before).toBeLessThan(67_000);
    expect(training).toBeLessThan(80_000);
  });

  it("runs where the bundler knows no host at all", async () => {
    const options: BuildOptions = { platform: "neutral", mainFields: ["module", "main"], format: "esm" };
    const made = await bundle("neutral", programs.page, options);
    expect(runBundle(join(made, "main.js"), "page")).toBe(printed.page);
  });

  it("has only what is imported", async () => {
    const program = 'import { sgd } from "lanegrad"; console.log(sgd({ learningRate: 1 }));';
    const result = await build({
      entryPoints: [writeProgram(folder, "sgd.js", program)],
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      write: false,
      logLevel: "silent",
    });
    expect(gzipSync(result.outputFiles[0]!.contents).length).toBeLessThan(3000);
  });
});
