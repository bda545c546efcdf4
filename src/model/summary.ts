/** A network as a table for people. */
import { nameOf } from "../kinds/named.ts";
import type { Head } from "../kinds/ops/index.ts";
import type { NetworkDescription } from "./description.ts";
import type { LayerShape, NetworkShape } from "./shape.ts";

/** What is said of a network besides its description. */
export interface SummaryFacts {
  /** Whether inputs are standardized on the way in. */
  readonly isStandardized: boolean;
  /** The layers, from 0, that are frozen. */
  readonly frozen: readonly number[];
  /** Which engine runs it, in words. */
  readonly engine: string;
}

const HEADS = ["layer", "kind", "units", "activation", "parameters", ""] as const;
/** Columns of numbers. */
const RIGHT: ReadonlySet<number> = new Set([0, 2, 4]);

/** One line a layer, counted from 1 as messages do; what all of it comes to below. */
export function summaryOf(description: NetworkDescription, shape: NetworkShape, facts: SummaryFacts): string {
  const frozen = new Set(facts.frozen);
  const inputs = ["", "inputs", count(shape.inputs), "", "", facts.isStandardized ? "standardized" : ""];
  const rows = shape.layers.map((layer, k) => [
    String(k + 1),
    layer.name,
    count(layer.fanOut),
    layer.activation === undefined ? "" : inWords(layer.activation),
    count(parametersOf(layer)),
    [...optionsOf(description.layers[k] ?? {}), ...(frozen.has(k) ? ["frozen"] : [])].join(", "),
  ]);
  const heads = shape.hasHeads ? shape.heads.map((head) => rowOf(head, shape.layers.at(-1)!)) : [];
  const still = shape.layers.reduce((sum, layer, k) => sum + (frozen.has(k) ? parametersOf(layer) : 0), 0);
  const parameters = `${count(shape.parameterCount)} parameters${still > 0 ? `, ${count(still)} of them frozen` : ""}`;
  const loss = description.loss === undefined ? "the heads' losses by their weights" : inWords(description.loss);
  return `${table([[...HEADS], inputs, ...rows, ...heads])}\n${parameters}; loss ${loss}; engine ${facts.engine}`;
}

/** Of a head, below the layer that all of them are. */
function rowOf({ name, units, activation, loss, weight }: Head, { fanIn }: LayerShape): string[] {
  const judged = `loss ${inWords(loss)}${weight === 1 ? "" : `, weight ${weight}`}`;
  return ["", name!, count(units), inWords(activation), count(units * (fanIn + 1)), judged];
}

function parametersOf({ weights, end }: LayerShape): number {
  return end - weights;
}

function count(value: number): string {
  return value.toLocaleString("en");
}

/** A kind by its name, and its options where it has some: leakyRelu (slope 0.1). */
function inWords(kind: string | { readonly name: string }): string {
  const { name: _, ...options } = typeof kind === "string" ? { name: kind } : kind;
  const said = Object.entries(options).map(([option, value]) => `${option} ${String(value)}`);
  return said.length === 0 ? nameOf(kind) : `${nameOf(kind)} (${said.join(", ")})`;
}

/** What a layer's description says besides what has a column. */
function optionsOf(layer: object): string[] {
  const told = new Set(["layer", "units", "activation"]);
  return Object.entries(layer)
    .filter(([name]) => !told.has(name))
    .map(([name, value]) => `${name} ${String(value)}`);
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = HEADS.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, c) => (RIGHT.has(c) ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!)))
      .join("  ")
      .trimEnd(),
  );
  const rule = "-".repeat(Math.max(...lines.map(({ length }) => length)));
  return [lines[0], rule, ...lines.slice(1), rule].join("\n");
}
