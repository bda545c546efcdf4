/**
 * The options of the command, all of them checked before any work is done. In errors an option goes by its own name.
 */
import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import type { EngineName } from "../engine/create.ts";
import { lookUp, nearest, refuse, show } from "../ground/errors.ts";

export interface Options {
  /** None asked for: the best there is, see `chooseEngine`. */
  readonly engine: EngineName | undefined;
  readonly output: string;
  readonly help: boolean;
}

/** Every engine of the library, which its type sees to, and what the usage says of it. */
export const engines: Record<EngineName, string> = {
  auto: "the best that needs no V8 flag",
  strict: "WebAssembly SIMD, the same bits on every host",
  fused: "WebAssembly relaxed SIMD",
  wide: "the same in 256 bits, on Node 24 or newer",
  float32: "plain JavaScript",
  float64: "plain JavaScript in double precision",
};

const known = {
  engine: { type: "string" },
  output: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

const names = Object.keys(known).map((name) => `--${name}`);

export const usage = `Trains three models on the passengers of the Titanic and shows what they learned.

Usage: npm start [-- options]
  --engine NAME   what computes; by default the best this host runs:
${Object.entries(engines)
  .map(([name, what]) => `${" ".repeat(18)}${name.padEnd(9)}${what}\n`)
  .join("")}  --output FILE   where the picture goes; by default titanic.svg
  --help          this text
`;

/** @throws InvalidInputError for options that do not exist or cannot be used. */
export function readOptions(args: readonly string[]): Options {
  const given: { engine?: string; output?: string; help?: boolean } = {};
  // Not strict: its errors know no nearest name.
  const { tokens } = parseArgs({
    args: [...args],
    options: known,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") return refuse("options", names.join(", "), show(token.value));
    if (token.name === "help") {
      if (token.value !== undefined) refuse("--help", "no value", show(token.value));
      given.help = true;
    } else if (token.name === "engine" || token.name === "output") {
      given[token.name] = checkValue(token.rawName, token.value, token.inlineValue);
    } else refuseUnknown(token.rawName);
  }
  const { engine, output = "titanic.svg", help = false } = given;
  if (engine !== undefined) lookUp("--engine", "an engine", engine, engines);
  if (!help) checkOutput(output);
  return { engine: engine as EngineName | undefined, output, help };
}

function refuseUnknown(name: string): never {
  const hint = nearest(name, names);
  return refuse("options", names.join(", "), show(name) + (hint === undefined ? "" : ` (did you mean ${show(hint)}?)`));
}

/** A name that begins with a dash is more likely the next option; `--output=-x` says that it is not. */
function checkValue(name: string, value: string | undefined, inline: boolean | undefined): string {
  if (value === undefined || value === "") return refuse(name, "a value", "none");
  if (!inline && value.startsWith("-")) return refuse(name, "a value", `the option ${show(value)}`);
  return value;
}

/** The picture is written beside its final place and then renamed, so it is the folder that must allow it. */
function checkOutput(output: string): void {
  const expected = "a file in a folder that can be written to";
  try {
    accessSync(dirname(output), constants.W_OK | constants.X_OK);
    if (!statSync(dirname(output)).isDirectory()) refuse("--output", expected, show(output));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    refuse("--output", expected, `${show(output)} (${code ?? message})`);
  }
  if (statSync(output, { throwIfNoEntry: false })?.isDirectory())
    refuse("--output", expected, `the folder ${show(output)}`);
}
