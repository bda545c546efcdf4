/** Where measurements go. A file is written under a temporary name first: a reader sees the old one or the new one. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const results = new URL("results/", import.meta.url);
const readme = fileURLToPath(new URL("../README.md", import.meta.url));

/** Writes bench/results/<name>.json. */
export function writeResult(name: string, result: unknown): Promise<void> {
  return writeResultFile(`${name}.json`, `${JSON.stringify(result, undefined, 2)}\n`);
}

export async function writeResultFile(name: string, text: string): Promise<void> {
  await writeWhole(fileURLToPath(new URL(name, results)), text);
  console.log(`written: bench/results/${name}`);
}

export async function readResult<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(new URL(`${name}.json`, results), "utf8")) as T;
}

/** Puts a table between `<!-- name:begin -->` and `<!-- name:end -->` of the README, where it has these marks. */
export async function writeIntoReadme(name: string, table: string): Promise<void> {
  const text = await readFile(readme, "utf8").catch(() => "");
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end, from);
  if (from < begin.length || to < 0) return;
  await writeWhole(readme, `${text.slice(0, from)}\n\n${table}\n\n${text.slice(to)}`);
  console.log(`written: the table "${name}" of README.md`);
}

async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.partial`, text);
  await rename(`${file}.partial`, file);
}
