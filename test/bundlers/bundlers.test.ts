/** The published package in bundles of webpack, Rollup, Parcel and Vite: made without a warning, they run without it. */
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { printed, programs, runBundle, tiersIn, writeProgram } from "../support/bundles.ts";
import { installPackage } from "../support/package.ts";

/** Loads a package of this folder. They have types, but not here, where they may not be installed. */
const load = createRequire(import.meta.url);

const folder = installPackage();
writeFileSync(join(folder, "package-lock.json"), "{}"); // by which Parcel finds the root of a project
const outputs = await mkdtemp(join(tmpdir(), "lanegrad-bundlers-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(outputs, { recursive: true });
});

type Host = "node" | "page";

/** Bundles the program of that path into a folder, as `main.js`, and gives the warnings. */
type Bundler = (entry: string, to: string, host: Host) => Promise<string[]>;

interface WebpackStats {
  toJson(): { errors: { message: string }[]; warnings: { message: string }[] };
}

const webpack: Bundler = async (entry, to, host) => {
  const run = load("webpack") as (options: object, done: (error: Error | null, stats: WebpackStats) => void) => void;
  const options = {
    mode: "production",
    target: host === "node" ? "node20" : "web",
    context: folder,
    entry,
    output: { path: to, filename: "main.js", publicPath: "", chunkFormat: host === "node" ? "commonjs" : "array-push" },
    optimization: { splitChunks: false },
    performance: { hints: false },
    // A page's chunks are loaded by a tag, for which there is no page here.
    module: host === "node" ? {} : { parser: { javascript: { dynamicImportMode: "eager" } } },
  };
  const stats = await new Promise<WebpackStats>((resolve, reject) => {
    run(options, (error, result) => (error ? reject(error) : resolve(result)));
  });
  const { errors, warnings } = stats.toJson();
  return [...errors, ...warnings].map(({ message }) => message);
};

interface Rollup {
  rollup(options: object): Promise<{ write(options: object): Promise<unknown> }>;
}

const rollup: Bundler = async (input, dir, host) => {
  const { rollup: open } = load("rollup") as Rollup;
  const { nodeResolve } = load("@rollup/plugin-node-resolve") as { nodeResolve(options: object): object };
  const { default: commonjs } = load("@rollup/plugin-commonjs") as { default(): object };
  const warnings: string[] = [];
  const bundle = await open({
    input,
    plugins: [nodeResolve({ browser: host === "page" }), commonjs()],
    onwarn: (warning: { message: string }) => void warnings.push(warning.message),
  });
  await bundle.write({ dir, format: "es", entryFileNames: "main.js" });
  return warnings;
};

interface Vite {
  build(options: object): Promise<unknown>;
}

const vite: Bundler = async (input, outDir, host) => {
  const { build } = (await import(load.resolve("vite"))) as Vite;
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const logger = {
    info() {},
    warn,
    warnOnce: warn,
    error: warn,
    clearScreen() {},
    hasWarned: false,
    hasErrorLogged: () => false,
  };
  await build({
    root: folder,
    logLevel: "warn",
    configFile: false,
    customLogger: logger,
    // A server's own packages stay outside of it unless told.
    ...(host === "node" && { ssr: { noExternal: true } }),
    build: {
      outDir,
      emptyOutDir: false,
      ssr: host === "node",
      modulePreload: false,
      rollupOptions: { input, output: { entryFileNames: "main.js" }, preserveEntrySignatures: "strict" },
    },
  });
  return warnings.filter((text) => !text.includes("chunks are larger than"));
};

interface Parcel {
  run(): Promise<{ bundleGraph: unknown }>;
}
interface ParcelError extends Error {
  readonly diagnostics?: { message: string }[];
}

const parcel: Bundler = async (entry, distDir, host) => {
  const { default: Parcel } = load("@parcel/core") as { default: new (options: object) => Parcel };
  const engines = host === "node" ? { node: ">=20" } : { browsers: "chrome 120" };
  const main = {
    context: host === "node" ? "node" : "browser",
    engines,
    distDir,
    distEntry: "main.js",
    outputFormat: "esmodule",
    isLibrary: true,
    includeNodeModules: true,
    sourceMap: false,
  };
  const bundler = new Parcel({
    entries: entry,
    defaultConfig: load.resolve("@parcel/config-default"),
    mode: "production",
    shouldDisableCache: true,
    cacheDir: join(outputs, "parcel-cache"),
    targets: { main },
  });
  return bundler.run().then(
    () => [],
    (error: ParcelError) => (error.diagnostics ?? [error]).map(({ message }) => message),
  );
};

describe.each(Object.entries({ webpack, rollup, vite, parcel }))("%s", (name, bundle) => {
  async function bundled(program: keyof typeof programs, host: Host) {
    const entry = writeProgram(folder, `${name}-${program}.js`, programs[program]);
    const made = join(outputs, `${name}-${program}`);
    const warnings = await bundle(entry, made, host);
    expect(warnings).toEqual([]);
    writeFileSync(join(made, "package.json"), JSON.stringify({ type: name === "webpack" ? "commonjs" : "module" }));
    return made;
  }

  it("bundles for Node", async () => {
    expect(runBundle(join(await bundled("node", "node"), "main.js"), "node")).toBe(printed.node);
  });

  it("bundles for a page, which carries no tier that it cannot run", async () => {
    const made = await bundled("page", "page");
    expect(runBundle(join(made, "main.js"), "page")).toBe(printed.page);
    expect(tiersIn(made)).toEqual(["strict", "fused"]);
  });
});

it("webpack bundles what requires the package", async () => {
  const entry = writeProgram(folder, "webpack-commonjs.cjs", programs.commonJs);
  const made = join(outputs, "webpack-commonjs");
  expect(await webpack(entry, made, "node")).toEqual([]);
  writeFileSync(join(made, "package.json"), '{ "type": "commonjs" }');
  expect(runBundle(join(made, "main.js"), "node")).toBe(printed.node);
});
