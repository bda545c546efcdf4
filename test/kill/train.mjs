/** A process that trains: node train.mjs <training> [checkpoint]. Tells when it begins, and in the end what came of it. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { Network } from "../../dist/bundle/index.js";
import { data, trainings } from "./trainings.mjs";

const [name, path] = process.argv.slice(2);
const { optimizer, epochs, options = {}, units = 8, layers = [], engine = "strict", threads = 1 } = trainings[name];
const description = {
  inputs: 4,
  layers: [{ units, activation: "tanh" }, ...layers, { units: 3, activation: "softmax" }],
  loss: "categoricalCrossEntropy",
};
const isThere = path !== undefined && existsSync(path);
const network = isThere
  ? await Network.resume(path, { engine, threads })
  : await Network.create({ ...description, seed: 3, engine, threads });
console.log("begins");
const checkpoint = path === undefined ? {} : { continue: isThere, checkpoint: { path, everyMinutes: 2e-4 } };
const { seconds: _, ...history } = await network.fit(data, {
  batchSize: 32,
  epochs,
  optimizer,
  ...options,
  ...checkpoint,
});
const hash = createHash("sha256").update(Buffer.from(network.parameters.slice().buffer));
hash.update(JSON.stringify({ ...history, loss: [...history.loss], learningRate: [...history.learningRate] }));
console.log(`ends ${hash.digest("hex")} ${history.steps}`);
network.dispose();
