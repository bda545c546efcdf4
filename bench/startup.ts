/**
 * What the library costs a program before it has computed anything: importing it, making a network and its first step, in
 * a process of its own, against an empty script. It takes `dist/`, which is what users get.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { middle } from "./rounds.ts";

export interface Startup {
  readonly node: string;
  /** Milliseconds from start to end of the process, the median of the runs. */
  readonly empty: number;
  readonly firstStep: number;
}

const program = `
import { Dataset, Network, sgd } from ${JSON.stringify(new URL("../dist/bundle/index.js", import.meta.url).href)};
const layers = [{ units: 128, activation: "sigmoid" }, { units: 10, activation: "softmax" }];
const network = await Network.create({ inputs: 784, layers, loss: "categoricalCrossEntropy" });
const rows = Dataset.from({ inputs: new Float32Array(32 * 784), inputWidth: 784, labels: Uint8Array.from({ length: 32 }, (_, i) => i % 10) });
await network.fit(rows, { epochs: 1, batchSize: 32, optimizer: sgd({ learningRate: 0.1 }) });
`;

export function measureStartup(node: string, runs: number): Startup {
  const folder = mkdtempSync(join(tmpdir(), "lanegrad-startup-"));
  try {
    const files = [join(folder, "empty.mjs"), join(folder, "first-step.mjs")];
    writeFileSync(files[0]!, "");
    writeFileSync(files[1]!, program);
    const times: [number[], number[]] = [[], []];
    // The first run of each fills the system's file cache.
    for (let run = -1; run < runs; run++) {
      files.forEach((file, f) => {
        const start = performance.now();
        execFileSync(node, [file], { stdio: ["ignore", "ignore", "inherit"] });
        if (run >= 0) times[f]!.push(performance.now() - start);
      });
    }
    const version = execFileSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).trim();
    return { node: version, empty: middle(times[0]), firstStep: middle(times[1]) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
