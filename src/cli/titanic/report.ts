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
/** A column of values narrower than this is hard to read: they go below their labels. */
const NARROWEST = 24;

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
    ...weightLines(model.weights, page),
    ...note,
  ]);
}

function confusionMatrix([died, survived]: ModelResult["confusion"], page: Page): readonly string[] {
  const { paint } = page;
  const headed = (...head: string[]) => [
    head.map(paint.dim),
    [paint.dim("truly died"), paint.green(String(died[0])), String(died[1])],
    [paint.dim("truly survived"), String(survived[0]), paint.green(String(survived[1]))],
  ];
  return fitting(page, [
    table(headed("", "predicted died", "predicted survived"), "lrr"),
    table(headed("predicted:", "died", "survived"), "lrr"),
  ]);
}

function weightLines(weights: readonly WeightResult[], page: Page): readonly string[] {
  const value = (weight: WeightResult) => weight.value.toFixed(7);
  const rows = weights.map((weight) => [weightName(weight), weight.from, `→ ${weight.to}`, value(weight)]);
  const facts = weights.map((weight) => [`${weightName(weight)} ${weight.from} → ${weight.to}`, value(weight)]);
  return fitting(page, [table(rows, "lllr"), labelled(facts, page)]);
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
    ["largest relative error of the engine's own gradient", page.paint.bold(check.engineError.toExponential(1))],
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
  const tables = (gap: number) => [
    ...table(values, `l${"r".repeat(units.length + 1)}`, gap),
    "",
    ...table(crossings, "lrr", gap),
  ];
  return section("What the hidden units came to mean", page, fitting(page, [tables(2), tables(1)]));
}

function probability(value: number): string {
  return value.toFixed(3);
}

function atAge(age: number | null): string {
  return age === null ? "never" : `at age ${age.toFixed(1)}`;
}

export function engineSection(engine: EngineResult, page: Page): string {
  const { seconds, iterations, reference } = engine;
  const facts = [
    ["tier", page.paint.bold(engine.tier)],
    ["why", engine.reason],
    ["this job", `${plural(iterations, "iteration")} in ${duration(seconds)}`],
  ];
  if (reference !== undefined) {
    const ratio = reference.seconds / reference.iterations / (seconds / iterations);
    facts.push(
      ["in JavaScript", `${plural(reference.iterations, "iteration")} in ${duration(reference.seconds)}, float32`],
      ["speed", page.paint.bold(`${ratio.toFixed(ratio < 10 ? 1 : 0)} times as fast, iteration for iteration`)],
    );
  }
  return section("Engine", page, labelled(facts, page));
}

export function filesSection(files: readonly FileResult[], page: Page): string {
  const onOneLine = table(
    files.map(({ path, what }) => [page.paint.cyan(path), what]),
    "ll",
  );
  const what = (file: FileResult) => wrap(file.what, page.width - 2 * INDENT.length).map((line) => INDENT + line);
  const below = files.flatMap((file) => [page.paint.cyan(file.path), ...what(file)]);
  return section("Files", page, fitting(page, [onOneLine, below]));
}

/** A heading with a rule to the edge of the page, and indented lines below it. */
function section(title: string, { width, paint }: Page, body: readonly string[]): string {
  const rows = wrap(title, width);
  const rule = "─".repeat(Math.max(0, width - visibleLength(rows.at(-1)!) - 1));
  const head = rows.map(paint.bold);
  if (rule !== "") head.push(`${head.pop()} ${paint.dim(rule)}`);
  return text(["", ...head, ...body.map((line) => INDENT + line)]);
}

/** The first of the layouts, from spacious to narrow, of which every line fits; else the last one. */
function fitting({ width }: Page, layouts: readonly (readonly string[])[]): readonly string[] {
  const fits = (lines: readonly string[]) => lines.every((line) => visibleLength(line) <= width - INDENT.length);
  return layouts.find(fits) ?? layouts.at(-1)!;
}

/**
 * Labels and values in two columns, where a value that does not fit goes on below itself; where too little room is left
 * for values, each one indented below its label.
 */
function labelled(facts: readonly (readonly string[])[], page: Page): readonly string[] {
  const { paint } = page;
  const width = page.width - INDENT.length;
  const column = Math.max(...facts.map(([label]) => visibleLength(label!)));
  const room = width - column - 2;
  const longest = Math.max(...facts.map(([, value]) => visibleLength(value!)));
  const beside = facts.flatMap(([label, value]) =>
    wrap(value!, room).map((line, n) => [n === 0 ? paint.dim(label!) : "", line]),
  );
  const below = facts.flatMap(([label, value]) => [
    ...wrap(label!, width).map(paint.dim),
    ...wrap(value!, width - INDENT.length).map((line) => INDENT + line),
  ]);
  return room < Math.min(longest, NARROWEST) ? below : fitting(page, [table(beside, "ll"), below]);
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
