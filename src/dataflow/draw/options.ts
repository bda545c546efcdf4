/** What a drawing can be asked for, checked at the door. The same options serve SVG, Graphviz and Mermaid. */
import { checkNumber, checkOptions, refuse, show } from "../../ground/errors.ts";
import { type Graph, type Path, PATHS_LIMIT } from "../graph.ts";
import { checkText } from "../typeset/text.ts";
import { checkTheme, type Theme } from "../typeset/theme.ts";

export interface DrawOptions {
  /**
   * "auto" follows the reader's system where a drawing can do so, which is in SVG, and is light elsewhere. On paper all are
   * light. Default "auto".
   */
  readonly theme?: Theme;
  /** Written above the drawing, and read out for it. Unless given it is only read out: "Dataflow diagram of f". */
  readonly title?: string;
  /**
   * What stands on the arrows: numbers ("values", and formulas where there are no numbers), "formulas", "both" as in
   * w_(1,2)^(1) = 0.31, or "none". Default "values".
   */
  readonly partials?: "values" | "formulas" | "both" | "none";
  /** Significant digits of numbers, 1 to 4; tooltips have them all. Default 3. */
  readonly digits?: number;
  /** Whether weights are drawn where they are circles. Default true. */
  readonly parameters?: boolean;
  /** A path to the output, or several, of `Graph.paths`: all else is faded, and the product is written below. */
  readonly highlight?: Path | readonly Path[];
  /**
   * The backward sweep: the derivative of the output by each circle, in numbered steps from the output backwards. A
   * number shows that many steps; circles of later ones are faded.
   */
  readonly sweep?: boolean | number;
  /** Whether colours and thickness are explained below. Default: where arrows have numbers. Only in SVG. */
  readonly legend?: boolean;
}

/** Options with their defaults. */
export interface CheckedOptions {
  readonly theme: Theme;
  readonly title: string | undefined;
  readonly partials: "values" | "formulas" | "both" | "none";
  readonly digits: number;
  readonly parameters: boolean;
  readonly paths: readonly Path[];
  /** How many steps of the sweep are drawn: 0 for no sweep. */
  readonly steps: number;
  readonly legend: boolean | undefined;
}

export const drawOptions = ["theme", "title", "partials", "digits", "parameters", "highlight", "sweep", "legend"];

/** @throws InvalidInputError for options that are unknown or wrong. */
export function checkDrawOptions(graph: Graph, options: DrawOptions): CheckedOptions {
  checkOptions("draw", options, drawOptions);
  const {
    theme,
    title,
    partials = "values",
    digits = 3,
    parameters = true,
    highlight = [],
    sweep = false,
    legend,
  } = options;
  if (title !== undefined) checkText("draw: title", title);
  return {
    theme: checkTheme("draw", theme),
    title,
    partials: oneOf("partials", partials, ["values", "formulas", "both", "none"]),
    digits: checkNumber("draw: digits", digits, { integer: true, min: 1, max: 4 }),
    parameters: flag("parameters", parameters),
    paths: checkHighlight(graph, highlight),
    steps: checkSweep(sweep),
    legend: legend === undefined ? undefined : flag("legend", legend),
  };
}

function oneOf<T extends string>(name: string, value: T, names: readonly T[]): T {
  if (names.includes(value)) return value;
  return refuse(`draw: ${name}`, names.map((known) => `"${known}"`).join(" or "), show(value));
}

function flag(name: string, value: boolean): boolean {
  return typeof value === "boolean" ? value : refuse(`draw: ${name}`, "true or false", show(value));
}

function checkSweep(sweep: boolean | number): number {
  if (typeof sweep === "boolean") return sweep ? Infinity : 0;
  return checkNumber("draw: sweep", sweep, { integer: true, min: 1 });
}

function checkHighlight(graph: Graph, highlight: Path | readonly Path[]): Path[] {
  const where = "draw: highlight";
  const expected = "a path of Graph.paths, or an array of them";
  if (!Array.isArray(highlight)) refuse(where, expected, show(highlight));
  const paths: readonly Path[] = isPaths(highlight) ? highlight : [highlight as Path];
  if (paths.length > PATHS_LIMIT) refuse(where, `at most ${PATHS_LIMIT} paths`, String(paths.length));
  return Array.from(paths, (path) => graph.along(where, path)).filter(({ length }) => length > 0);
}

function isPaths(highlight: Path | readonly Path[]): highlight is readonly Path[] {
  return Array.isArray(highlight[0]);
}
