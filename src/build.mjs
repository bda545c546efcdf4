/**
 * Adds to `dist/` what tsc does not write: the entries with all of their modules in a file, since Node takes half a
 * millisecond for each file that it imports; the library in one file with its dependencies too, for a page that has no
 * bundler; and what `require` gets of each entry. Removes what tsc wrote of sources that are gone.
 * Usage, after tsc: node src/build.mjs
 */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

async function readPackage(folder) {
  return JSON.parse(await readFile(`${root}${folder}package.json`, "utf8"));
}

const own = await readPackage("");

/** Who wrote what is in a file, as their licences ask for. */
async function credits(metafile) {
  const folders = Object.keys(metafile.inputs).flatMap(
    (file) => /^node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(file)?.[0] ?? [],
  );
  const packages = await Promise.all([...new Set(folders)].toSorted().map(readPackage));
  const parts = [own, ...packages].map(({ name, version, license }) => `${name} ${version} (${license})`);
  return `/*! ${parts.join(", ")} */\n`;
}

/** The kernels stay files of their own, by whose names package.json tells bundlers for pages to leave one out. */
const keepBinaries = {
  name: "keep binaries",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/binaries\/\w+\.js$/ }, ({ path }) => ({
      path: `../engine/wasm${path.slice(1)}`,
      external: true,
    }));
  },
};

/** Modules that few programs need, and so large that those who do may as well wait for them. */
const late = /\/(metrics\/index|lbfgs-run)\.js$/;

/**
 * What modules import later becomes part of the entries, since a page saves bytes by it and Node only loses time: all but
 * what is late.
 */
const importAtOnce = {
  name: "import at once",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, async ({ path }) => {
      const imports = [];
      const text = (await readFile(path, "utf8")).replace(/\bimport\(("\.[^"]+")\)/g, (call, module) => {
        if (late.test(module.slice(1, -1)) || module.includes("/binaries/")) return call;
        imports.push(`import * as imported${imports.length} from ${module};\n`);
        return `Promise.resolve(imported${imports.length - 1})`;
      });
      return { contents: imports.join("") + text };
    });
  },
};

/**
 * What package.json's exports lead to, but for bundlers: these take the modules, and leave away what nobody imports. What
 * the entries share, or import later, is in files beside them.
 */
async function writeEntries() {
  await rm(`${root}dist/bundle`, { recursive: true, force: true });
  await build({
    entryPoints: { index: "dist/index.js", dataflow: "dist/dataflow/index.js", explain: "dist/explain/index.js" },
    absWorkingDir: root,
    outdir: `${root}dist/bundle`,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    packages: "external",
    plugins: [keepBinaries, importAtOnce],
    logLevel: "warning",
  });
}

/** All that some entries export, in one file. */
async function writeStandalone(name, entries) {
  const reexports = (folder) => entries.map((entry) => `export * from "${folder}/${entry}";\n`).join("");
  const { metafile, outputFiles } = await build({
    stdin: { contents: reexports("."), resolveDir: `${root}dist` },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "eof",
    metafile: true,
    write: false,
  });
  // On a line of its own, or publint takes what follows the "//" of an address for a comment, and the file for CommonJS.
  const text = outputFiles[0].text.replace(/export\{[^{}]+\};/, "\n$&");
  await writeFile(`${root}dist/standalone/${name}.js`, (await credits(metafile)) + text);
  await writeFile(`${root}dist/standalone/${name}.d.ts`, reexports(".."));
}

/** The ES module, where the host can require one; elsewhere a sentence that says what to do. */
async function writeRequire(entry) {
  const name = entry === own.name ? "index" : entry.slice(own.name.length + 1);
  const text = `"use strict";
try {
  module.exports = require("${entry === own.name ? "." : ".."}/bundle/${name}.js");
} catch (cause) {
  if (cause.code !== "ERR_REQUIRE_ESM" && cause.name !== "SyntaxError") throw cause;
  const expected = "a host that can require an ES module, as Node 20.19, 22.12 and newer can, got one that cannot";
  const hint = 'use \`await import("${entry}")\`, or have your bundler or test runner transform the package';
  class LanegradError extends Error {
    name = "LanegradError";
  }
  throw new LanegradError(\`require("${entry}"): expected \${expected}; \${hint}\`, { cause });
}
`;
  const folder = `${root}dist${entry.replace(own.name, "")}`;
  await writeFile(`${folder}/require.cjs`, text);
  await writeFile(`${folder}/require.d.cts`, 'export * from "./index.js";\n');
}

/** The modules and declarations in `dist/` whose source was renamed or removed; tsc leaves them lying. */
async function removeStale() {
  const files = (await readdir(`${root}dist`, { recursive: true })).map((file) => file.replaceAll("\\", "/"));
  const compiled = files.filter((file) => /(\.d\.ts|\.js)$/.test(file) && !/^(bundle|standalone)\//.test(file));
  const hasSource = (file) => {
    const source = `${root}src/${file.replace(/(\.d\.ts|\.js)$/, "")}`;
    return existsSync(`${source}.ts`) || existsSync(`${source}.js`);
  };
  await Promise.all(compiled.filter((file) => !hasSource(file)).map((file) => rm(`${root}dist/${file}`)));
}

await removeStale();
await writeEntries();
await mkdir(`${root}dist/standalone`, { recursive: true });
await writeStandalone("lanegrad", ["index.js"]);
await writeStandalone("dataflow", ["index.js", "dataflow/index.js"]);
await writeStandalone("explain", ["index.js", "explain/index.js"]);
await writeRequire("lanegrad");
await writeRequire("lanegrad/dataflow");
await writeRequire("lanegrad/explain");
