/** What the built kernels must be, whatever they compute: read from the binaries and from their text. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const tiers = ["strict", "fused", "wide"] as const;

const DATA_SECTION = 11;

function read(name: string): Buffer {
  return readFileSync(new URL(`../../../dist/wasm/${name}`, import.meta.url));
}

/** Reads numbers in LEB128, unsigned, from a place on. */
class Reader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
  }

  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  slice(length: number): Uint8Array {
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}

function sectionsOf(bytes: Uint8Array): { id: number; content: Uint8Array }[] {
  const sections = [];
  for (const reader = new Reader(bytes, 8); !reader.done;) {
    const id = reader.number();
    sections.push({ id, content: reader.slice(reader.number()) });
  }
  return sections;
}

/** The functions of a module's text: their names and bodies. */
function functionsOf(wat: string): Map<string, string> {
  const functions = new Map<string, string>();
  for (const text of wat.split(/^ (?=\()/m)) {
    const name = /^\(func \$"?([^\s"]+)/.exec(text)?.[1];
    if (name !== undefined) functions.set(name, text);
  }
  return functions;
}

describe.each(tiers)("the kernels of the %s tier", (tier) => {
  const bytes = read(`${tier}.wasm`);
  const functions = functionsOf(read(`${tier}.wat`).toString());

  it("import a shared memory, and nothing else", () => {
    const [memory, ...others] = tableOfImports(bytes);
    expect(others).toEqual([]);
    expect(memory).toEqual({ module: "env", name: "memory", kind: 0x02, isShared: true });
  });

  it("have no active data segments, which the instance of each thread would write again", () => {
    for (const { id, content } of sectionsOf(bytes)) if (id === DATA_SECTION) expect(content[0]).toBe(0);
  });

  const tiles = [...functions].filter(([name]) => /gemm\/(tiles|dots)\//.test(name));

  it("keep each full tile a function of its own, since one that its caller inlines spills", () => {
    const rows = `assembly/gemm/rows/${tier === "strict" ? "Rows4" : "Rows6"}`;
    const full = [
      `tiles/forwardTile<${rows}>`,
      `tiles/inputGradientTile<${rows},assembly/gemm/rows/Fresh>`,
      `tiles/inputGradientTile<${rows},assembly/gemm/rows/Accumulating>`,
      `tiles/weightGradientTile<${rows},assembly/gemm/rows/Fresh>`,
      "dots/singleTile",
    ];
    expect(tiles.map(([name]) => name)).toEqual(expect.arrayContaining(full.map((name) => `assembly/gemm/${name}`)));
  });

  it("call nothing from a tile, where a call would spill all of it", () => {
    for (const [name, body] of tiles) expect(body.match(/\((return_)?call\w* \S+/g) ?? [], name).toEqual([]);
  });

  it("work on vectors in every tile", () => {
    for (const [name, body] of tiles) expect(body, name).toContain("f32x4.");
  });
});

it("stays clear of relaxed instructions in strict, and uses them in fused", () => {
  expect(read("strict.wat").includes("relaxed")).toBe(false);
  expect(read("fused.wat").includes("f32x4.relaxed_madd")).toBe(true);
});

it("are the ones that the library carries", async () => {
  const { kernelBytes } = await import("../../../src/engine/wasm/modules.ts");
  for (const tier of tiers) {
    expect(Buffer.from(await kernelBytes(tier, true)).equals(read(`${tier}.wasm`)), tier).toBe(true);
  }
});

/** Imports are few: each is a module's name, a name, and a kind with its limits. */
function tableOfImports(bytes: Uint8Array) {
  const content = sectionsOf(bytes).find(({ id }) => id === 2)!.content;
  const reader = new Reader(content);
  const text = () => Buffer.from(reader.slice(reader.number())).toString();
  return Array.from({ length: reader.number() }, () => {
    const [module, name, kind] = [text(), text(), reader.number()];
    const flags = reader.number();
    return { module, name, kind, isShared: flags === 0x03 };
  });
}
