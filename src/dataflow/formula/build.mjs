/**
 * Writes the parser of formulas from their grammar, beside the sources, which import it, and into dist/, where nothing else
 * would bring it. Nothing is done where all of that is newer than the grammar and this file.
 * Usage: node src/dataflow/formula/build.mjs
 */
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import peggy from "peggy";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const grammar = join(root, "src/dataflow/formula/grammar.peggy");
const targets = ["src/dataflow/formula/parser", "dist/dataflow/formula/parser"].map((name) => join(root, name));

/** What of the parser is used, and no more: peggy's own declarations are of its whole interface. */
const declarations = `/** Written by src/dataflow/formula/build.mjs. */
export declare class SyntaxError extends globalThis.SyntaxError {
  readonly expected: readonly { readonly type: string; readonly description?: string; readonly text?: string }[] | null;
  readonly location: { readonly start: { readonly offset: number } };
}
export declare function parse(text: string, options: { isFunction(name: string): boolean }): unknown;
`;

async function timeOf(file) {
  return stat(file).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}

async function writeWhole(file, text) {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.partial`, text);
  await rename(`${file}.partial`, file);
}

const sources = await Promise.all([grammar, fileURLToPath(import.meta.url)].map(timeOf));
const outputs = await Promise.all(targets.flatMap((target) => [`${target}.js`, `${target}.d.ts`]).map(timeOf));
if (Math.max(...sources) > Math.min(...outputs)) {
  const parser = peggy.generate(await readFile(grammar, "utf8"), {
    output: "source",
    format: "es",
    grammarSource: "grammar.peggy",
  });
  for (const target of targets) {
    // The declarations last: they are the output that says that the others are whole.
    await writeWhole(`${target}.js`, parser);
    await writeWhole(`${target}.d.ts`, declarations);
  }
}
