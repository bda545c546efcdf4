import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = await readFile(join(root, "README.md"), "utf8");

interface Snippet {
  readonly heading: string;
  readonly code: string;
}

/** The code blocks that follow a `run` mark, with the heading they stand under. */
function snippets(text: string): Snippet[] {
  return [...text.matchAll(/<!-- run -->\s*```ts\n([\s\S]*?)```/g)].map((match) => ({
    heading: text
      .slice(0, match.index)
      .match(/^## .*$/gm)!
      .at(-1)!
      .slice(3),
    code: match[1]!,
  }));
}

describe("README", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(root, "test", ".readme-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("marks every TypeScript block to be run", () => {
    expect(snippets(readme)).toHaveLength(readme.match(/```ts/g)!.length);
    expect(snippets(readme).length).toBeGreaterThanOrEqual(4);
  });

  it.each(snippets(readme))("$heading: runs", async ({ heading, code }) => {
    const file = join(folder, `${heading.replace(/\W+/g, "-")}.ts`);
    const library = pathToFileURL(join(root, "src/index.ts")).href;
    const local = code
      .replaceAll('"lanegrad"', JSON.stringify(library))
      .replaceAll('"titanic.json"', JSON.stringify(join(folder, "titanic.json")))
      .replaceAll('"src/', `"${resolve(root, "src")}/`);
    await writeFile(file, local);
    const printed = vi.spyOn(console, "log").mockImplementation(() => {});
    try {
      await import(file);
      expect(printed).toHaveBeenCalled();
      for (const value of printed.mock.calls.flat()) expect(JSON.stringify(value)).not.toMatch(/null|NaN/);
      if (heading === "The smallest program") expect(printed.mock.calls[0]![0][0]).toBeGreaterThan(0.9);
    } finally {
      printed.mockRestore();
    }
  });

  it("names only commands and files that exist", async () => {
    const { scripts } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
    for (const [, name] of readme.matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(name!);
    for (const [, path] of readme.matchAll(/\]\(([\w./-]+)\)/g)) {
      await expect(readFile(join(root, path!)), path).resolves.toBeDefined();
    }
    for (const [, path] of readme.matchAll(/`((?:src|test|bench)\/[\w./-]+\.\w+)`/g)) {
      await expect(readFile(join(root, path!)), path).resolves.toBeDefined();
    }
  });
});
