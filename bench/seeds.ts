/**
 * `npm run seeds`: the 2-2-1 network on the Titanic from 100 random starts, by L-BFGS in each engine and by 100,000 steps
 * of gradient descent. Takes some minutes, most of them for the descents. `--readme` also puts the table between the
 * `seeds` marks of the README.
 */
import { parseArgs } from "node:util";
import { progress } from "../src/cli/progress.ts";
import { writeIntoReadme, writeResult } from "./files.ts";
import { machine, machineLine } from "./report.ts";
import { methods, type SeedResult, seedTable, shortfalls, standardizedPassengers, trainFrom } from "./seed-runs.ts";

const SEEDS = 100;

const { readme } = parseArgs({ options: { readme: { type: "boolean", default: false } } }).values;
const host = machine();
console.log(machineLine(host));
const passengers = await standardizedPassengers();
const results: SeedResult[] = [];
for (const method of methods) {
  const shown = progress(`${method.name}, ${method.engine}, ± ${method.start}`, SEEDS);
  const losses: number[] = [];
  try {
    for (let seed = 0; seed < SEEDS; seed++) {
      losses.push(await trainFrom(seed, method, passengers));
      shown.update(seed + 1, `loss ${losses[seed]!.toFixed(6)}`);
    }
  } finally {
    shown.stop();
  }
  results.push({ ...method, losses });
}
console.log(seedTable(results));
await writeResult("seeds", { machine: host, results });
if (readme) await writeIntoReadme("seeds", seedTable(results));
for (const shortfall of shortfalls(results)) {
  console.error(shortfall);
  process.exitCode = 1;
}
