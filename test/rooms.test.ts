/** Who may import whom: the rule of CONTRIBUTING.md, read from its table, held against every import in the sources. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const src = join(root, "src");

/** Rooms from the top down: each may import from itself and from those below it. `index.ts`, the entry, is above all. */
const rooms = [...readFileSync(join(root, "CONTRIBUTING.md"), "utf8").matchAll(/^\| `([a-z]+)\/` +\|/gm)].map(
  ([, name]) => name!,
);
/** Made by the build. */
const generated = /(^|\/)(parser\.js|binaries(\.ts|\/))/;

/** Paths of the sources, from `src`, with those that each imports, types included. */
const imports = new Map(
  readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts") && !generated.test(path))
    .map((path) => {
      const text = readFileSync(join(src, path), "utf8");
      const found = text.matchAll(/^(?:import|export)\b[^;"]*?"(\.[^"]+)";|\bimport\(\s*"(\.[^"]+)"\s*\)/gm);
      const targets = [...found].map(([, fixed, dynamic]) =>
        relative(src, join(src, dirname(path), fixed ?? dynamic!)),
      );
      return [path, targets.filter((target) => !generated.test(target))] as const;
    }),
);

const rankOf = (path: string) => (path.includes("/") ? rooms.indexOf(path.split("/")[0]!) : -1);

/** Every circle that a walk along the imports finds, as a chain of paths. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, chain: readonly string[]): void => {
    if (chain.includes(path)) found.push([...chain.slice(chain.indexOf(path)), path].join(" -> "));
    else if (!done.has(path)) {
      for (const target of imports.get(path) ?? []) walk(target, [...chain, path]);
      done.add(path);
    }
  };
  for (const path of imports.keys()) walk(path, []);
  return found;
}

describe("the rooms of src", () => {
  it("are those that CONTRIBUTING.md lists", () => {
    const folders = new Set([...imports.keys()].filter((path) => path.includes("/")).map((path) => path.split("/")[0]));
    expect([...folders].sort()).toEqual([...rooms].sort());
  });

  it("know only themselves and what is further down", () => {
    const wrong = [...imports].flatMap(([path, targets]) =>
      targets.filter((target) => rankOf(target) < rankOf(path)).map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("have no circles of imports", () => {
    expect(circles()).toEqual([]);
  });
});
