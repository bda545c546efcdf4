/** What is published: which files, how large, and that it needs nothing that is not there. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  dependencies: Record<string, string>;
};

/** Sizes after compression, in bytes; raised on purpose, never by accident. */
const budgets = { kernels: 30_000, bundle: 62_000 };

function packedFiles(): string[] {
  const listing = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ files }] = JSON.parse(listing) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

/** The whole library, minified, with its dependencies in it, as a bundler makes it for a page that knows no Node. */
function bundle(external: string[]) {
  return build({
    entryPoints: [`${root}dist/index.js`],
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
    const wanted = ["dist/index.js", "dist/index.d.ts", "dist/wasm/strict.wasm", "dist/wasm/fused.wasm"];
    expect(files).toEqual(expect.arrayContaining([...wanted, "README.md", "LICENSE", "CHANGELOG.md", "package.json"]));
  });

  it("has nothing else, and nothing left over from an older build (remove dist/ if so)", () => {
    const others = files.filter(
      (path) => !/^(README|LICENSE|CHANGELOG|package\.json)|^dist\/wasm\/\w+\.wasm$/.test(path),
    );
    const sources = others.map((path) => path.replace(/^dist\//, "src/").replace(/(\.d\.ts|\.js)$/, ".ts"));
    expect(sources.filter((path) => path.startsWith("src/cli/") || !existsSync(`${root}${path}`))).toEqual([]);
  });

  it("imports its dependencies and nothing else, and at the start only the loader of its kernels", async () => {
    const { metafile } = await bundle(Object.keys(dependencies));
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
    const atStart = imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => path);
    expect(atStart).toEqual(["@assemblyscript/loader"]);
    const names = new Set(imports.map(({ path }) => path).filter((path) => path !== "node:v8"));
    expect([...names].toSorted()).toEqual(Object.keys(dependencies).toSorted());
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
