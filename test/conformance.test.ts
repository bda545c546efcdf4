/**
 * The strict tier's promise, kept on this host: the bits are those that were checked in. `npm run conformance` asks every
 * runtime, and with `-- --write` accepts new bits, after a change of the kernels that is meant to change them.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const expectedFile = new URL("conformance/expected.json", import.meta.url);

async function run(program: string, tier: string): Promise<unknown> {
  const path = fileURLToPath(new URL(`conformance/${program}`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, tier]);
  return JSON.parse(stdout);
}

async function hashes(): Promise<Record<string, string>> {
  const results = (await run("train.mjs", "strict")) as Record<string, { hash: string }>;
  return Object.fromEntries(Object.entries(results).map(([name, { hash }]) => [name, hash]));
}

it("trains to the same bits as ever, each time", async () => {
  const expected: unknown = JSON.parse(await readFile(expectedFile, "utf8"));
  expect(await hashes()).toEqual(expected);
  expect(await hashes()).toEqual(expected);
});

it("finds no export of the fused tier that computes something else than strict's", async () => {
  expect(await run("exercise.mjs", "fused")).toMatchObject({ tier: "fused", wrong: [] });
});
