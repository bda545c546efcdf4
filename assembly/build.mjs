/**
 * Writes the register tiles from their templates and compiles the kernels, once for each instruction tier. The library gets
 * them in two forms: `.wasm` files, and TypeScript modules with the same bytes, deflated, as base64, so that a bundler or a
 * browser needs no file beside the code: a server's gzip makes as little of that as of the bytes, of base64 alone half as
 * much again. Each tier is a module of its own, which is loaded when it is asked for: nobody carries what
 * their host cannot run.
 * Nothing is done where the outputs are newer than every source. Usage: node assembly/build.mjs
 */
import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateAsync } from "@gfx/zopfli";
import asc from "assemblyscript/asc";
import dots from "./gemm/dots.mjs";
import tiles from "./gemm/tiles.mjs";
import limit from "./limit.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const tiers = ["strict", "fused", "wide"];
const moduleOf = (tier) => join(root, `src/engine/wasm/binaries/${tier}.ts`);
const binaryOf = (tier) => join(root, `dist/wasm/${tier}.wasm`);
const written = new Map([
  [join(root, "assembly/gemm/tiles.ts"), tiles],
  [join(root, "assembly/gemm/dots.ts"), dots],
  [join(root, "assembly/limit.ts"), limit],
]);

async function newestSource() {
  const names = await readdir(join(root, "assembly"), { recursive: true });
  const files = names.filter((name) => /\.(ts|mjs)$/.test(name)).map((name) => join(root, "assembly", name));
  const sources = [...files.filter((file) => !written.has(file)), join(root, "asconfig.json")];
  const times = await Promise.all(sources.map(async (file) => (await stat(file)).mtimeMs));
  return Math.max(...times);
}

async function oldestOutput() {
  const outputs = [...written.keys(), ...tiers.flatMap((tier) => [moduleOf(tier), binaryOf(tier)])];
  const times = await Promise.all(
    outputs.map((file) =>
      stat(file).then(
        (found) => found.mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.min(...times);
}

async function compile(tier) {
  const { error, stderr } = await asc.main(["--config", "asconfig.json", "--baseDir", root, "--target", tier]);
  if (error) throw new Error(`asc could not compile the ${tier} tier:\n${stderr.toString()}`);
  return readFile(binaryOf(tier));
}

async function writeWhole(file, text) {
  await writeFile(`${file}.partial`, text);
  await rename(`${file}.partial`, file);
}

if ((await newestSource()) > (await oldestOutput())) {
  await mkdir(join(root, "dist/wasm"), { recursive: true });
  for (const [file, text] of written) await writeWhole(file, text);
  for (const tier of tiers) {
    const bytes = await compile(tier);
    const comment = `/** Written by assembly/build.mjs: the kernels of the tier ${tier}, deflated, as base64. */`;
    // Every page that trains loads these bytes: Zopfli takes seconds, and makes a sixteenth less of them than zlib.
    const deflated = Buffer.from(await deflateAsync(bytes, { numiterations: 5 })).toString("base64");
    // Without `: string` the declarations would carry every byte once more, as a literal type.
    await writeWhole(moduleOf(tier), `${comment}\nexport const deflated: string =\n  "${deflated}";\n`);
    console.log(`${tier}.wasm: ${bytes.length.toLocaleString("en")} bytes`);
  }
}
