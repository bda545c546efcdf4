import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { InvalidInputError, LanegradError } from "../../src/ground/errors.ts";
import { fileNameOf, openSource, pathOf, readText } from "../../src/ground/source.ts";
import { Network } from "../../src/network/network.ts";

const whole = "aä€😀".repeat(80_000);
let folder: string;
let path: string;
let server: Server;
let origin: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lanegrad source "));
  path = join(folder, "ä.txt");
  await writeFile(path, whole);
  server = createServer(({ url }, response) => response.writeHead(url === "/a.txt?v=1" ? 200 : 404).end(whole));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});
afterEach(() => vi.unstubAllGlobals());

const read = async (given: string | URL) => readText(await openSource("load", given));

/** What jsdom has for a URL, say: no URL of this realm. */
const foreign = (url: URL) =>
  runInNewContext("({ href, protocol, toString: () => href })", { href: url.href, protocol: url.protocol }) as URL;

describe("text from where the user says", () => {
  it("comes from paths and URLs, as texts or objects, whosever they are", async () => {
    const url = pathToFileURL(path);
    for (const given of [path, url, url.href, foreign(url)]) expect(await read(given)).toBe(whole);
    const address = new URL("a.txt?v=1", origin);
    for (const given of [address, address.href, foreign(address)]) expect(await read(given)).toBe(whole);
    expect(await read("data:text/plain;base64,YSxi")).toBe("a,b");
  });

  it("comes in pieces, again for each call, characters never cut", async () => {
    const source = await openSource("load", path);
    expect(source.byteLength).toBe(Buffer.byteLength(whole));
    for (let time = 0; time < 2; time++) {
      const pieces: string[] = [];
      for await (const piece of source.pieces()) pieces.push(piece);
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.join("")).toBe(whole);
    }
  });

  it("is refused of a device, which need not end, and beyond what a string can hold", async () => {
    await expect(read("/dev/zero")).rejects.toThrow("/dev/zero: expected a file, got a device, which need not end");
    const endless = { name: "it", byteLength: 0, chunks: () => {}, pieces: async function* () { for (;;) yield "a".repeat(2 ** 28); } }; // prettier-ignore
    const message =
      "it: expected a text of at most 536870888 characters, as many as a string can have, got a longer one";
    await expect(readText(endless as never)).rejects.toThrow(message);
  });

  it("is refused where it cannot be read, or is not UTF-8, a last character cut included", async () => {
    const latin = join(folder, "latin");
    const cut = join(folder, "cut");
    await writeFile(latin, Buffer.from("caf\xe9,1", "latin1"));
    await writeFile(cut, Buffer.from("€").subarray(0, 2));
    const expected = "expected a readable file in UTF-8, got";
    const wrong: [string | URL, string][] = [
      [join(folder, "none"), `${join(folder, "none")}: ${expected} ENOENT`],
      [folder, `${folder}: ${expected} EISDIR`],
      [`${origin}/none.txt`, `${origin}/none.txt: ${expected} HTTP status 404`],
      ["http://127.0.0.1:1/a", `http://127.0.0.1:1/a: ${expected}`],
      ["http://", `http://: ${expected}`],
      ["file://elsewhere/a", "load: expected the path of a file, or its file: URL, got"],
      ["a\0b", `a\u{fffd}b: ${expected}`],
      [latin, `${latin}: ${expected} The encoded data was not valid`],
      [cut, `${cut}: ${expected} The encoded data was not valid`],
      ["", 'load: expected a path or a URL, got ""'],
      [7 as never, "load: expected a path or a URL, got 7"],
      [null as never, "load: expected a path or a URL, got null"],
      [{} as never, "load: expected a path or a URL, got an object"],
    ];
    for (const [given, message] of wrong) {
      await expect(read(given), String(given)).rejects.toThrow(InvalidInputError);
      await expect(read(given), String(given)).rejects.toThrow(message);
    }
  });

  it("comes by fetch in a page, from relative addresses too", async () => {
    vi.stubGlobal("process", undefined);
    vi.stubGlobal("fetch", async (address: string) => new Response(`got ${address}`));
    const texts = [await read("models/a.json"), await read("../b.csv?v=1"), await read("C:odd")];
    vi.unstubAllGlobals();
    expect(texts).toEqual(["got models/a.json", "got ../b.csv?v=1", "got C:odd"]);
  });
});

describe("where to write", () => {
  it("is a path or a file: URL", async () => {
    for (const given of [path, pathToFileURL(path), pathToFileURL(path).href]) {
      expect(await pathOf("save", given)).toBe(path);
    }
    for (const given of ["http://example.org/a", new URL("data:,a"), "", 7 as never]) {
      await expect(pathOf("save", given)).rejects.toThrow(InvalidInputError);
      await expect(pathOf("save", given)).rejects.toThrow("save: expected the path of a file, or its file: URL, got");
    }
  });

  it("is nowhere in a page, which is told what to do instead", async () => {
    const layers = [{ units: 1, activation: "sigmoid" as const }];
    const network = await Network.create({ inputs: 1, layers, loss: "binaryCrossEntropy", engine: "float32" });
    vi.stubGlobal("process", { env: {} });
    const saved = await network.save("model.json").catch((error: unknown) => error);
    vi.unstubAllGlobals();
    expect(saved).toBeInstanceOf(LanegradError);
    expect(String(saved)).toBe(
      "LanegradError: save: expected a host with files, as Node, Deno and Bun are, got one without; " +
        "JSON.stringify(network) has all that a file would, for a download or a server",
    );
  });

  it("takes back what it was given", async () => {
    const layers = [{ units: 1, activation: "sigmoid" as const }];
    const network = await Network.create({ inputs: 1, layers, loss: "binaryCrossEntropy", engine: "float32" });
    const url = pathToFileURL(join(folder, "model 1.json"));
    await network.save(url);
    expect((await Network.load(url)).toJSON()).toEqual(network.toJSON());
  });
});

it("the name of a file is the last part of its path or address", () => {
  expect(fileNameOf("it", "/data/a?b.csv")).toBe("a?b.csv");
  expect(fileNameOf("it", "C:\\data\\a.csv")).toBe("a.csv");
  expect(fileNameOf("it", "https://example.org/data/a.csv?v=1#top")).toBe("a.csv");
  expect(fileNameOf("it", new URL("https://example.org/data/a.csv?v=1"))).toBe("a.csv");
});
