/**
 * `npm run flat`: whether memory stays flat over 1,000,000 steps of a network, and over 10,000 networks that are created,
 * trained a little and dropped: nobody disposes of them. Prints what the process holds after so many; fails where it grows.
 */
import { adam, Dataset, Network } from "../src/index.ts";
import { HEAP_NOISE, measureMemory } from "./memory.ts";

const STEPS = 1_000_000;
const NETWORKS = 10_000;
/** What the second half of the networks may add, in MiB: pages that the allocator has not given back. */
const GROWTH = 64;

const columns = [...Array(30).keys()];
const inputs = Array.from({ length: 64 }, (_, i) => columns.map((j) => Math.sin(i * (j + 1))));
const data = Dataset.from({ inputs, labels: inputs.map((_, i) => i % 3) });

async function trainOne(seed: number): Promise<void> {
  const network = await Network.create({
    inputs: 30,
    layers: [
      { units: 64, activation: "gelu" },
      { layer: "batchNorm" },
      { layer: "dropout", rate: 0.1 },
      { units: 3, activation: "softmax" },
    ],
    loss: "categoricalCrossEntropy",
    seed,
    onWarning: () => {},
  });
  await network.fit(data, { epochs: 2, batchSize: 16, optimizer: adam(), seed });
}

const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}

const { linearBefore, linearAfter, heapGrowth } = await measureMemory("strict", { name: "titanic", widths: [2, 2, 1], batch: 32 }, STEPS); // prettier-ignore
console.log(`${STEPS} steps: linear memory ${linearBefore} to ${linearAfter} bytes, heap ${heapGrowth} bytes more`);
if (linearAfter !== linearBefore || heapGrowth > HEAP_NOISE) fail("steps: expected flat memory, got more");

const resident: number[] = [];
for (let done = 1; done <= NETWORKS; done++) {
  await trainOne(done);
  if (done % 1000 !== 0) continue;
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  resident.push(mebibytes(rss));
  console.log(`${done} networks: ${mebibytes(rss)} MiB resident, ${mebibytes(heapUsed)} heap, ${mebibytes(external + arrayBuffers)} outside`); // prettier-ignore
}
const half = resident.length / 2;
const grown = Math.max(...resident.slice(half)) - Math.max(...resident.slice(0, half));
if (grown > GROWTH) fail(`networks: expected at most ${GROWTH} MiB more in the second half, got ${grown}`);
