/**
 * The published files that a page takes without a bundler, in Chromium: each test opens a page of a static server, in a
 * folder of it, whose only script imports one file of the package.
 */
import { rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { OutgoingHttpHeaders } from "node:http";
import { extname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as Dataflow from "../../src/dataflow/index.ts";
import type * as Lanegrad from "../../src/index.ts";
import { isolation, launchChromium, serve, type Site } from "../support/chromium.ts";
import { installPackage } from "../support/package.ts";

type Library = typeof Lanegrad & typeof Dataflow;
/** In the page. */
declare const lanegrad: Library;

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".csv": "text/csv",
  ".json": "application/json",
};

const folder = installPackage();
let browser: Browser;
let site: Site;
/** Sent with every answer. */
let headers: OutgoingHttpHeaders = {};
/** Paths that were asked for, and what was written to the console or thrown. */
let requests: string[] = [];
let messages: string[] = [];

/** What the server has beside the package. */
const files: Record<string, string> = {
  "/pages/data/table.csv": "a,b\n1,0\n2,1\n3,0\n",
};

beforeAll(async () => {
  const found = await launchChromium();
  if (found === undefined) throw new Error("expected Chromium by its usual names or by CHROME, got none; install it");
  browser = found;
  site = await serve(async ({ url }, response) => {
    const path = url!.replace(/\?.*/, "");
    requests.push(path);
    const text = files[path] ?? (await readFile(join(folder, "node_modules", path), "utf8").catch(() => undefined));
    const type = types[extname(path)] ?? "text/html";
    response.writeHead(text === undefined ? 404 : 200, { ...headers, "Content-Type": type }).end(text);
  });
});

afterAll(async () => {
  await browser?.close();
  site?.close();
  rmSync(folder, { recursive: true });
});

/** A page of the server that has imported a file of the package. */
async function open(file: "lanegrad" | "dataflow", sent: OutgoingHttpHeaders = {}): Promise<Page> {
  headers = sent;
  requests = [];
  messages = [];
  files["/pages/page.js"] =
    `import * as lanegrad from "/lanegrad/dist/standalone/${file}.js"; globalThis.lanegrad = lanegrad;`;
  files["/pages/"] = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';
  const page = await browser.newPage();
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(error.message));
  await page.goto(`${site.origin}/pages/`);
  return page;
}

/** Runs in the page: what is learned of "or", by which engine, and what CSV gives. */
async function train(threads: number) {
  const { Dataset, Network, parseCsv, sgd } = lanegrad;
  const layers = [
    { units: 4, activation: "tanh" as const },
    { units: 1, activation: "sigmoid" as const },
  ];
  const network = await Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy", seed: 3, threads });
  const inputs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const either = Dataset.from({ inputs, targets: [0, 1, 1, 1] });
  const optimizer = sgd({ learningRate: 1 });
  await network.fit(either, { epochs: 500, batchSize: "full", optimizer, onEpoch: () => {} });
  const table = await parseCsv("a,b\n1,2\n3,4\n", { inputs: ["a"], targets: ["b"] });
  const { tier, shared, threads: team } = network.engine;
  const again = await Network.fromJSON(JSON.stringify(network));
  const [learned, kept] = [network, again].map((one) => Array.from(one.predict(inputs), Math.round).join());
  return { learned, kept, count: table.count, tier, shared, threads: team };
}

describe("a page without a bundler", () => {
  it("trains and reads CSV with one file", async () => {
    const page = await open("lanegrad");
    const { learned, kept, count, tier, shared } = await page.evaluate(train, 1);
    expect({ learned, kept, count }).toEqual({ learned: "0,1,1,1", kept: "0,1,1,1", count: 2 });
    expect({ tier: ["strict", "fused"].includes(tier), shared }).toEqual({ tier: true, shared: false });
    expect(requests).toEqual(["/pages/", "/pages/page.js", "/lanegrad/dist/standalone/lanegrad.js"]);
    expect(messages).toEqual([]);
  });

  it("does so when it is isolated from other origins", async () => {
    const page = await open("lanegrad", isolation);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await page.evaluate(train, 1)).toMatchObject({ learned: "0,1,1,1", count: 2 });
    expect(messages).toEqual([]);
  });

  it("goes on in plain JavaScript, with one warning, where a strict policy allows no WebAssembly", async () => {
    const page = await open("lanegrad", { "Content-Security-Policy": "script-src 'self'" });
    const trained = { learned: "0,1,1,1", kept: "0,1,1,1", count: 2, tier: "float32" };
    expect(await page.evaluate(train, 1)).toMatchObject(trained);
    expect(await page.evaluate(train, 1)).toMatchObject(trained);
    const warnings = messages.filter((message) => message.startsWith("lanegrad: "));
    expect(warnings).toEqual([
      expect.stringMatching(/^lanegrad: WebAssembly cannot be used: .*using the engine "float32"/),
    ]);
    const refused = await page.evaluate(async () => {
      const layers = [{ units: 1, activation: "sigmoid" as const }];
      const options = { inputs: 1, layers, loss: "binaryCrossEntropy", engine: "strict" } as const;
      return lanegrad.Network.create(options).then(String, (error: Error) => `${error.name}: ${error.message}`);
    });
    expect(refused).toMatch(/^LanegradError: engine "strict": expected a host that runs it/);
  });

  it("shares the work among threads in a worker of an isolated page, to the same parameters", async () => {
    files["/pages/worker.js"] = `
      import { Dataset, Network, sgd } from "/lanegrad/dist/standalone/lanegrad.js";
      const train = async (threads) => {
        const layers = [{ units: 512, activation: "tanh" }, { units: 2, activation: "softmax" }];
        const options = { inputs: 512, layers, loss: "categoricalCrossEntropy", engine: "strict" };
        const network = await Network.create({ ...options, threads: { count: threads, force: true } });
        const inputs = Float32Array.from({ length: 64 * 512 }, (_, i) => Math.sin(i * i));
        const rows = Dataset.from({ inputs, inputWidth: 512, labels: Array.from({ length: 64 }, (_, i) => i % 2) });
        await network.fit(rows, { epochs: 3, batchSize: 32, optimizer: sgd({ learningRate: 0.1 }) });
        return { threads: network.engine.threads, parameters: Array.from(network.parameters) };
      };
      onmessage = async ({ data }) => postMessage(await train(data).catch((error) => ({ failure: error.message })));`;
    const page = await open("lanegrad", isolation);
    const inWorker = (threads: number) =>
      page.evaluate(async (count) => {
        const worker = new Worker("worker.js", { type: "module" });
        const answer = new Promise<MessageEvent>((resolve, reject) => {
          worker.onmessage = resolve;
          worker.onerror = ({ message }) => reject(new Error(message));
        });
        worker.postMessage(count, []);
        return (await answer).data as { threads?: number; parameters?: number[]; failure?: string };
      }, threads);
    const [one, two] = [await inWorker(1), await inWorker(2)];
    expect([one.threads, two.threads]).toEqual([1, 2]);
    expect(two.parameters).toEqual(one.parameters);
    expect(messages).toEqual([]);
  });

  it("loads tables and networks from addresses, relative ones too, and says why it cannot save", async () => {
    const page = await open("lanegrad");
    const { saved, counts, kept, missing, refused } = await page.evaluate(async () => {
      const { loadCsv, Network } = lanegrad;
      const columns = { inputs: ["a"], targets: ["b"] };
      const addresses = ["data/table.csv", "/pages/data/table.csv", new URL("data/table.csv", location.href)];
      const tables = await Promise.all(addresses.map((address) => loadCsv(address, columns)));
      const layers = [{ units: 2, activation: "tanh" as const }];
      const network = await Network.create({ inputs: 1, layers, loss: "meanSquaredError" });
      const address = URL.createObjectURL(new Blob([JSON.stringify(network)]));
      const sentence = (error: Error) => `${error.name}: ${error.message}`;
      return {
        counts: tables.map(({ count }) => count),
        kept: JSON.stringify(await Network.load(address)) === JSON.stringify(network),
        saved: JSON.stringify(network),
        missing: await loadCsv("data/none.csv", columns).then(String, sentence),
        refused: await network.save("model.json").then(String, sentence),
      };
    });
    expect({ counts, kept }).toEqual({ counts: [3, 3, 3], kept: true });
    expect(missing).toBe("InvalidInputError: data/none.csv: expected a readable file in UTF-8, got HTTP status 404");
    expect(refused).toMatch(/^LanegradError: save: expected a host with files.*JSON\.stringify\(network\)/);

    files["/pages/data/model.json"] = saved;
    const loaded = await page.evaluate(async () => JSON.stringify(await lanegrad.Network.load("data/model.json")));
    expect(loaded).toBe(saved);
  });

  it("draws diagrams of formulas and networks with one file, too", async () => {
    const page = await open("dataflow");
    const pictures = await page.evaluate(async () => {
      const { dataflow, Network } = lanegrad;
      const layers = [{ units: 1, activation: "sigmoid" as const }];
      const network = await Network.create({ inputs: 2, layers, loss: "binaryCrossEntropy" });
      return [dataflow("x^2 y", { x: 1, y: 2 }).toSvg(), network.trace([0, 1], [1]).toSvg()];
    });
    for (const picture of pictures) expect(picture).toMatch(/^<svg /);
    expect(requests).toEqual(["/pages/", "/pages/page.js", "/lanegrad/dist/standalone/dataflow.js"]);
    expect(messages).toEqual([]);
  });
});
