/**
 * From results to the text a terminal shows: one pure function for each section, each giving lines of at most the page's
 * width. It computes nothing but shares and ratios, and writes nothing.
 */
import { table, visibleLength, wrap, type Page } from "../terminal.ts";
import type {
  EngineResult,
  FileResult,
  GradientCheckResult,
  HiddenUnitsResult,
  ModelResult,
  WeightResult,
} from "./results.ts";

const INDENT = "  ";

/** The first lines of all: a title, and below it what this is about. */
export function headline(title: string, about: string, { width, paint }: Page): string {
  return text(["", paint.bold(title), ...wrap(about, width).map(paint.dim)]);
}

export function modelSection(model: ModelResult, page: Page): string {
  const { paint } = page;
  const share = `${model.correct} of ${model.count} (${((100 * model.correct) / model.count).toFixed(1)} %)`;
  const facts = [
    ["mean log loss", paint.bold(model.loss.toFixed(7))],
    ["accuracy", paint.bold(share)],
    ["trained by", `${model.method}, ${plural(model.iterations, "iteration")}, ${duration(model.seconds)}`],
  ];
  const note = model.note === undefined ? [] : ["", ...wrap(model.note, page.width - INDENT.length).map(paint.dim)];
  return section(model.name, page, [
    ...labelled(facts, page),
    "",
    ...confusionMatrix(model.confusion, page),
    "",
    ...weightLines(model.weights),
    ...note,
  ]);
}

function confusionMatrix([died, survived]: ModelResult["confusion"], { paint }: Page): string[] {
  const rows = [
    ["", paint.dim("predicted died"), paint.dim("predicted survived")],
    [paint.dim("truly died"), paint.green(String(died[0])), String(died[1])],
    [paint.dim("truly survived"), String(survived[0]), paint.green(String(survived[1]))],
  ];
  return table(rows, "lrr");
}

function weightLines(weights: readonly WeightResult[]): string[] {
  return table(
    weights.map((weight) => [weightName(weight), weight.from, `→ ${weight.to}`, weight.value.toFixed(7)]),
    "lllr",
  );
}

/** w_(i,j)^(k) as far as a terminal can set it: w₁,₂⁽¹⁾. */
export function weightName({ layer, i, j }: Pick<WeightResult, "layer" | "i" | "j">): string {
  return `w${digits(i, "₀₁₂₃₄₅₆₇₈₉")},${digits(j, "₀₁₂₃₄₅₆₇₈₉")}⁽${digits(layer, "⁰¹²³⁴⁵⁶⁷⁸⁹")}⁾`;
}

function digits(n: number, alphabet: string): string {
  return [...String(n)].map((digit) => alphabet[Number(digit)]).join("");
}

export function gradientCheckSection(check: GradientCheckResult, page: Page): string {
  const facts = [
    ["partial derivatives checked", String(check.partials)],
    [
      "largest relative error against central differences in float64",
      page.paint.bold(check.differenceError.toExponential(1)),
    ],
    [
      "largest relative error of the engine's own float32 gradient",
      page.paint.bold(check.float32Error.toExponential(1)),
    ],
  ];
  return section("Gradient check", page, labelled(facts, page));
}

export function hiddenUnitsSection({ people, flips }: HiddenUnitsResult, page: Page): string {
  const { paint } = page;
  const units = flips.map((_, n) => `hidden ${n + 1}`);
  const values = [
    ["", ...units, "output"].map(paint.dim),
    ...people.map(({ label, hidden, output }) => [label, ...hidden.map(probability), paint.bold(probability(output))]),
  ];
  const crossings = [
    ["crosses 0.5", "female", "male"].map(paint.dim),
    ...flips.map(({ female, male }, n) => [units[n]!, atAge(female), atAge(male)]),
  ];
  return section("What the hidden units came to mean", page, [
    ...table(values, `l${"r".repeat(units.length + 1)}`),
    "",
    ...table(crossings, "lrr"),
  ]);
}

function probability(value: number): string {
  return value.toFixed(3);
}

function atAge(age: number | null): string {
  return age === null ? "never" : `at ${age.toFixed(1)} years`;
}

export function engineSection(engine: EngineResult, page: Page): string {
  const { seconds, iterations, referenceSeconds, referenceIterations } = engine;
  const ratio = referenceSeconds / referenceIterations / (seconds / iterations);
  const facts = [
    ["tier", page.paint.bold(engine.tier)],
    ["why", engine.reason],
    ["this job", `${plural(iterations, "iteration")} in ${duration(seconds)}`],
    ["in JavaScript", `${plural(referenceIterations, "iteration")} in ${duration(referenceSeconds)}, float32`],
    ["speed", page.paint.bold(`${ratio.toFixed(ratio < 10 ? 1 : 0)} times as fast, iteration for iteration`)],
  ];
  return section("Engine", page, labelled(facts, page));
}

export function filesSection(files: readonly FileResult[], page: Page): string {
  const onOneLine = table(
    files.map(({ path, what }) => [page.paint.cyan(path), what]),
    "ll",
  );
  if (onOneLine.every((line) => visibleLength(line) <= page.width - INDENT.length)) {
    return section("Files", page, onOneLine);
  }
  const what = (file: FileResult) => wrap(file.what, page.width - 2 * INDENT.length).map((line) => INDENT + line);
  return section(
    "Files",
    page,
    files.flatMap((file) => [page.paint.cyan(file.path), ...what(file)]),
  );
}

/** A heading with a rule to the edge of the page, and indented lines below it. */
function section(title: string, { width, paint }: Page, body: readonly string[]): string {
  const rule = "─".repeat(Math.max(0, width - visibleLength(title) - 1));
  return text(["", `${paint.bold(title)} ${paint.dim(rule)}`.trimEnd(), ...body.map((line) => INDENT + line)]);
}

/** Labels and values in two columns; a value that does not fit goes on below itself. */
function labelled(facts: readonly (readonly string[])[], { width, paint }: Page): string[] {
  const column = Math.max(...facts.map(([label]) => label!.length));
  const rows = facts.flatMap(([label, value]) =>
    wrap(value!, width - INDENT.length - column - 2).map((line, n) => [n === 0 ? paint.dim(label!) : "", line]),
  );
  return table(rows, "ll");
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function plural(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

/** Three significant digits, in milliseconds below a second. */
function duration(seconds: number): string {
  return seconds < 1 ? `${threeDigits(seconds * 1000)} ms` : `${threeDigits(seconds)} s`;
}

function threeDigits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
