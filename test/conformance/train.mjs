/**
 * Trains the networks of `networks.mjs` on the engine named by the first argument, with as many threads as the second says,
 * and prints one line of JSON. Usage: node train.mjs strict|fused|wide [threads]
 */
import { readFile } from "node:fs/promises";
import { trainAll } from "./networks.mjs";

const [engine = "strict", threads = "1"] = process.argv.slice(2);
const titanic = await readFile(new URL("../../src/cli/titanic/titanic.csv", import.meta.url), "utf8");
console.log(JSON.stringify(await trainAll({ engine, threads: Number(threads), titanic })));
