/**
 * The strict tier's promise, kept on this host: the bits are those that were checked in. `npm run conformance` asks every
 * runtime, and with `-- --write` accepts new bits, after a change of the kernels that is meant to change them.
 */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const program = fileURLToPath(new URL("conformance/train.mjs", import.meta.url));
const expectedFile = new URL("conformance/expected.json", import.meta.url);

async function hashes(): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, "strict"]);
  const results = JSON.parse(stdout) as Record<string, { hash: string }>;
  return Object.fromEntries(Object.entries(results).map(([name, { hash }]) => [name, hash]));
}

it("trains to the same bits as ever, each time", async () => {
  const expected: unknown = JSON.parse(await readFile(expectedFile, "utf8"));
  expect(await hashes()).toEqual(expected);
  expect(await hashes()).toEqual(expected);
});
