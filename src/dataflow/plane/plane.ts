/**
 * What every unit of a network of two inputs computes over the plane of these inputs, as one self-contained SVG: a panel
 * for each unit, layer by layer, with the samples drawn in. It shows which unit came to mean what: section 3 of the notes.
 * Values are the network's own `activations`. The same network and options give the same text.
 */
import type { Dataset } from "../../data/dataset.ts";
import { checkNumber, checkOptions, LanegradError, refuse, show } from "../../ground/errors.ts";
import { nameOf } from "../../kinds/named.ts";
import { type LayerDescription, layerKindOf, layerNameOf } from "../../kinds/layers/index.ts";
import type { Network } from "../../network/network.ts";
import { toText } from "../label.ts";
import { unitName } from "../network/names.ts";
import { type Axis, axisOf } from "./axes.ts";
import { drawPage } from "./page.ts";
import type { Picture, Section } from "./picture.ts";
import { checkSamples, type Column, columnOf, placesOf, type PlaneSamples, rangeOf, targetsOf } from "./samples.ts";
import { type Range, readUnits, scaleOf } from "./surface.ts";
import { checkText } from "../typeset/text.ts";
import { checkTheme, type Theme } from "../typeset/theme.ts";

export interface PlaneAxis {
  /** Default: the data set's name of the input, or x_1^(1). */
  readonly name?: string;
  /** In the user's own units. Default: where the samples are; without samples the standardization's mean ± 2 deviations. */
  readonly range?: Range;
  /** What values are called, at their ticks: { 0: "female", 1: "male" }. */
  readonly values?: Readonly<Record<number, string>>;
}

export interface PlaneOptions {
  /** Drawn into every panel. */
  readonly samples?: PlaneSamples;
  /** x is the first input, y the second. */
  readonly axes?: { readonly x?: PlaneAxis; readonly y?: PlaneAxis };
  /** What to say of units, by their names: { "x_2^(2)": "young male" }. */
  readonly captions?: Readonly<Record<string, string>>;
  /** What to call the kinds of targets, in ascending order: ["died", "survived"]. */
  readonly classes?: readonly string[];
  readonly title?: string;
  /** Default "auto": as the reader's system has it. Print is light. */
  readonly theme?: Theme;
}

/** Beyond these the first units of each layer are shown. */
const HIDDEN_LIMIT = 64;
const OUTPUTS_LIMIT = 16;

/**
 * @throws InvalidInputError for a network of another number of inputs than two, options that are wrong, or values that are
 *   not finite.
 */
export function drawPlane(network: Network, options: PlaneOptions = {}): string {
  const where = "drawPlane";
  checkNetwork(network);
  checkOptions(where, options, ["samples", "axes", "captions", "classes", "title", "theme"]);
  const { axes = {}, title = `What each unit of the ${network.widths.join("-")} network computes` } = options;
  checkOptions(`${where}: axes`, axes, ["x", "y"]);
  checkText(`${where}: title`, title);
  const samples = options.samples === undefined ? undefined : checkSamples(options.samples, network.widths.at(-1)!);
  if (options.classes !== undefined && !samples) refuse(`${where}: classes`, "samples that they name", "none");
  const columns = [0, 1].map((j) => (samples ? columnOf(samples, j) : undefined));
  const [x, y] = (["x", "y"] as const).map((name, j) => readAxis(network, samples, columns[j], name, j, axes[name]));
  const sections = readSections(network, [x!.range, y!.range], samples, checkCaptions(network, options.captions));
  const picture: Picture = { title, axes: { x: x!, y: y! }, sections };
  const theme = checkTheme(where, options.theme);
  if (!samples) return drawPage(picture, theme);
  const places = placesOf(columns[0]!, columns[1]!, [x!.range, y!.range]);
  const targets = targetsOf(samples, sections.at(-1)!.panels.length, options.classes);
  return drawPage({ ...picture, samples: { places, targets } }, theme);
}

function checkNetwork(network: Network): void {
  // Not by its class, which would bring the engine along.
  const isNetwork = typeof network === "object" && network !== null && typeof network.activations === "function";
  if (!isNetwork || !answers(network)) refuse("drawPlane", "a network", show(network));
  const { inputs, heads } = network.description;
  if (heads !== undefined) refuse("drawPlane", "a network without heads", `one with ${Object.keys(heads).join(", ")}`);
  if (inputs !== 2) refuse("drawPlane", "a network of 2 inputs, which make a plane", `one of ${inputs}`);
}

/** A proxy of a network has its methods, but not what is private to it. */
function answers(network: Network): boolean {
  try {
    return network.parameterCount > 0;
  } catch (error) {
    if (error instanceof LanegradError) throw error;
    return false;
  }
}

function checkCaptions(network: Network, captions: PlaneOptions["captions"] = {}): ReadonlyMap<string, string> {
  if (typeof captions === "object" && captions !== null && Object.keys(captions).length === 0) return new Map();
  const names = network.widths
    .slice(1)
    .flatMap((width, n) => Array.from({ length: width }, (_, j) => toText(unitName(n + 2, j + 1))));
  checkCaptionNames(captions, names);
  for (const [name, caption] of Object.entries(captions)) {
    checkText(`drawPlane: captions: ${name}`, caption);
  }
  return new Map(Object.entries(captions));
}

/** As checkOptions does, but of a thousand units it names a few. */
function checkCaptionNames(captions: unknown, names: readonly string[]): void {
  const where = "drawPlane: captions";
  if (names.length <= 12) return checkOptions(where, captions, names);
  const given = typeof captions === "object" && captions !== null ? Object.keys(captions) : [];
  checkOptions(where, captions, given);
  const known = new Set(names);
  const unknown = given.find((name) => !known.has(name));
  if (unknown !== undefined) refuse(where, `names of units, from ${names[0]} to ${names.at(-1)}`, show(unknown));
}

function readAxis(
  network: Network,
  samples: Dataset | undefined,
  column: Column | undefined,
  name: "x" | "y",
  j: number,
  given: PlaneAxis = {},
): Axis {
  const where = `drawPlane: axes: ${name}`;
  checkOptions(where, given, ["name", "range", "values"]);
  const { name: own, range: wanted = column ? rangeOf(column) : usualRange(network, j), values: texts } = given;
  if (own !== undefined) checkText(`${where}: name`, own);
  const range = checkRange(`${where}: range`, wanted);
  const called = samples?.inputNames[j];
  // What a data set calls its columns by itself is no name.
  const title = own ?? (called === `x${j + 1}` ? undefined : called);
  const values = Object.entries(checkValues(`${where}: values`, texts)).map(([value, text]) => ({
    value: Number(value),
    text,
  }));
  return axisOf({ title: title ?? unitName(1, j + 1), range, values, column });
}

function usualRange(network: Network, j: number): Range {
  const { mean, std } = network.standardization ?? { mean: [0, 0], std: [1, 1] };
  return [mean[j]! - 2 * std[j]!, mean[j]! + 2 * std[j]!];
}

function checkRange(where: string, range: unknown): Range {
  if (!Array.isArray(range) || range.length !== 2) refuse(where, "[low, high]", show(range));
  const low = checkNumber(`${where}: low`, range[0]);
  return [low, checkNumber(`${where}: high`, range[1], { above: low })];
}

function checkValues(where: string, values: unknown = {}): Record<string, string> {
  if (typeof values !== "object" || values === null) refuse(where, "texts by values", show(values));
  for (const [value, text] of Object.entries(values)) {
    if (value.trim() === "" || !Number.isFinite(Number(value))) refuse(where, "finite numbers", show(value));
    checkText(`${where}: ${value}`, text);
  }
  return values as Record<string, string>;
}

function readSections(
  network: Network,
  ranges: readonly [Range, Range],
  samples: Dataset | undefined,
  captions: ReadonlyMap<string, string>,
): Section[] {
  const { layers } = network.description;
  const widths = network.widths.slice(1);
  const shown = shares(widths);
  const largest = Math.max(...shown);
  const grid = largest <= 8 ? 161 : largest <= 24 ? 101 : 81;
  const units = readUnits(network, ranges, shown, grid);
  return layers.flatMap((layer, n) => {
    const own = units.filter(({ k }) => k === n + 2);
    if (own.length === 0) return [];
    const scale = scaleOf(own);
    const panels = own.map((unit) => {
      const weight = outgoing(network, n, unit.i);
      const caption = captions.get(unit.id) ?? (n === layers.length - 1 ? targetNameOf(samples, unit.i) : undefined);
      return { unit, ...(caption !== undefined && { caption }), ...(weight !== undefined && { weight }) };
    });
    return [{ k: n + 2, isOutput: n === layers.length - 1, ...about(layer, widths[n]!), scale, panels, grid }];
  });
}

function about(layer: LayerDescription, units: number): Pick<Section, "units" | "activation" | "kind"> {
  const activation = layerKindOf(layer).activation?.(layer);
  return { units, activation, kind: activation === undefined ? layerNameOf(layer) : nameOf(activation) };
}

/** How many units of each layer are shown: where not all can be, each layer has the same right. */
function shares(widths: readonly number[]): number[] {
  const shown = widths.map(() => 0);
  let left = HIDDEN_LIMIT;
  for (let round = 1; round <= HIDDEN_LIMIT; round++) {
    for (const [n, width] of widths.slice(0, -1).entries()) {
      if (width < round || left === 0) continue;
      shown[n]!++;
      left--;
    }
  }
  shown[widths.length - 1] = Math.min(widths.at(-1)!, OUTPUTS_LIMIT);
  return shown;
}

/** The weight of a unit where it goes into a single one: what the network makes of it. */
function outgoing(network: Network, n: number, i: number): number | undefined {
  // Of a layer that sums, which has a weight for each unit before it.
  const weights = network.weights[n + 1];
  return network.widths[n + 2] === 1 && weights?.length === network.widths[n + 1] ? weights![i - 1] : undefined;
}

function targetNameOf(samples: Dataset | undefined, i: number): string | undefined {
  const name = samples?.targetNames[i - 1];
  return name === `y${i}` ? undefined : name;
}
