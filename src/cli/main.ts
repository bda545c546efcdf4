/**
 * The command: trains on the passengers of the Titanic, shows what was learned, and writes the picture.
 */
import { parseArgs } from "node:util";
import type { EngineName } from "../engine/create.ts";
import { hasRelaxedSimd } from "../engine/kernels.ts";
import { LanegradError } from "../errors.ts";
import { writeWhole } from "../files.ts";
import { progress } from "./progress.ts";
import { pageFor } from "./terminal.ts";
import {
  checkPerceptron,
  interpret,
  loadPassengers,
  modelResults,
  panels,
  passengersOf,
  type PassengerSets,
  STARTS,
  trainModels,
} from "./titanic/job.ts";
import { drawPicture } from "./titanic/picture.ts";
import {
  engineSection,
  filesSection,
  gradientCheckSection,
  headline,
  hiddenUnitsSection,
  modelSection,
} from "./titanic/report.ts";

const usage = `Trains three models on the passengers of the Titanic and shows what they learned.

Usage: npm start [-- options]
  --engine NAME   auto, strict, fused or float32; by default the best there is
  --output FILE   where the picture goes; by default titanic.svg
  --help          this text
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      engine: { type: "string" },
      output: { type: "string", default: "titanic.svg" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return void process.stdout.write(usage);

  const page = pageFor(process.stdout);
  const show = (text: string) => process.stdout.write(text);
  const sets = await loadPassengers();
  show(headline("Titanic: who survived?", `${sets.raw.count} passengers of known age, three models`, page));

  // A command owns its process, so unlike the library it may set V8's flag for relaxed SIMD.
  const engine = (values.engine ?? (hasRelaxedSimd() ? "auto" : "fused")) as EngineName;
  const models = await trainShowing("training", sets, engine);
  const results = await modelResults(models, sets);
  for (const result of results) show(modelSection(result, page));
  show(gradientCheckSection(checkPerceptron(models, sets), page));
  show(hiddenUnitsSection(interpret(models), page));

  const reference = await trainShowing("the same in plain JavaScript", sets, "float32");
  show(
    engineSection(
      {
        tier: models.perceptron.network.engine.tier,
        reason: models.perceptron.network.engine.why,
        seconds: models.seconds,
        iterations: models.iterations,
        referenceSeconds: reference.seconds,
        referenceIterations: reference.iterations,
      },
      page,
    ),
  );

  await writeWhole(values.output, drawPicture({ passengers: passengersOf(sets), panels: panels(models, results) }));
  show(filesSection([{ path: values.output, what: "what the models and hidden units compute, drawn" }], page));
}

async function trainShowing(label: string, sets: PassengerSets, engine: EngineName) {
  const bar = progress(label, STARTS + 2);
  try {
    return await trainModels(sets, engine, (done, loss) => bar.update(done, `loss ${loss.toFixed(4)}`));
  } finally {
    bar.stop();
  }
}

try {
  await main();
} catch (error) {
  const expected = error instanceof LanegradError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  process.stderr.write(expected ? `${(error as Error).message}\n\n${usage}` : `${(error as Error).stack}\n`);
  process.exitCode = 1;
}
