/** One training step of the Titanic's network, opened: `npx tsx examples/trace.ts` writes examples/trace.svg. */
import { writeFile } from "node:fs/promises";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { Network } from "lanegrad";
import "lanegrad/dataflow";

export const picture = new URL("trace.svg", import.meta.url);

/** A passenger of 30 years (in hundreds), male, who died; an untrained network; the backward sweep. */
export async function drawTrace(): Promise<string> {
  const network = await Network.create({
    inputs: 2,
    layers: [
      { units: 2, activation: "sigmoid" },
      { units: 1, activation: "sigmoid" },
    ],
    loss: "binaryCrossEntropy",
    seed: 7,
    engine: "strict",
  });
  return network.trace([0.3, 1], [0]).toSvg({ sweep: true });
}

if (argv[1] === fileURLToPath(import.meta.url)) await writeFile(picture, await drawTrace());
