/**
 * The command: trains on the passengers of the Titanic, shows what was learned, and writes the picture.
 */
import type { EngineName } from "../engine/create.ts";
import { LanegradError } from "../ground/errors.ts";
import { writeWhole } from "../ground/files.ts";
import { chooseEngine } from "./engine.ts";
import { readOptions, usage } from "./options.ts";
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

/** What a shell makes of SIGPIPE, which Node ignores: whoever read the report has closed it, as `head` does. */
const READER_GONE = 141;
const reader = new AbortController();
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exitCode = READER_GONE;
    reader.abort();
  });
}

function show(text: string): void {
  reader.signal.throwIfAborted();
  process.stdout.write(text);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return show(usage);

  const page = pageFor(process.stdout);
  const { engine, why } = await chooseEngine(options.engine);
  const sets = await loadPassengers();
  show(headline("Titanic: who survived?", `${sets.raw.count} passengers of known age, three models`, page));

  const models = await trainShowing("training", sets, engine);
  const results = await modelResults(models, sets);
  for (const result of results) show(modelSection(result, page));
  show(gradientCheckSection(await checkPerceptron(models, sets), page));
  show(hiddenUnitsSection(interpret(models), page));

  const report = models.perceptron.network.engine;
  const { seconds, iterations } = models;
  const isReference = report.tier === "float32";
  const reference = isReference ? undefined : await trainShowing("the same in plain JavaScript", sets, "float32");
  show(engineSection({ tier: report.tier, reason: why ?? report.why, seconds, iterations, reference }, page));

  const picture = drawPicture({ passengers: passengersOf(sets), panels: panels(models, results) });
  await writeWhole(options.output, picture);
  show(filesSection([{ path: options.output, what: "what the models and hidden units compute, drawn" }], page));
}

async function trainShowing(label: string, sets: PassengerSets, engine: EngineName) {
  const bar = progress(label, STARTS + 2);
  try {
    return await trainModels(sets, engine, (done, loss) => {
      reader.signal.throwIfAborted();
      bar.update(done, `loss ${loss.toFixed(4)}`);
    });
  } finally {
    bar.stop();
  }
}

try {
  await main();
} catch (error) {
  if (!reader.signal.aborted) {
    const expected = error instanceof LanegradError;
    process.stderr.write(expected ? `${error.message}\n\n${usage}` : `${(error as Error).stack}\n`);
    process.exitCode = 1;
  }
}
