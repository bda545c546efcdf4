/** What an epoch came to, by a path such as "validation.loss": for whatever goes by it from epoch to epoch. */
import { lookUp, refuse, show } from "../ground/errors.ts";
import type { HeadMeasures } from "../kinds/metrics/index.ts";
import type { Direction, Mode } from "../kinds/metrics/metric.ts";
import type { Metric, MetricName, Metrics } from "../kinds/metrics/values.ts";

const prefix = "validation.";

/** @throws InvalidInputError where no epoch of the training will have it. */
export function checkMonitor(where: string, path: string, validation: unknown): void {
  if (path === "loss" || (validation !== undefined && path.startsWith(prefix))) return;
  const others =
    validation === undefined ? " (what begins with validation. needs validation data)" : " or validation.loss";
  refuse(where, `to go by loss${others}`, show(path));
}

/** A path into what a head came to. */
const ofHead = /^heads\.([^.]*)\.(.*)$/s;

/** The metric by name that has to be measured for it; undefined for a loss and for metrics of one's own. */
export function metricOf(path: string): string | undefined {
  const name = path.slice(prefix.length);
  const own = ofHead.exec(name)?.[2] ?? name;
  return path.startsWith(prefix) && own !== "loss" && !own.startsWith("own.") ? name : undefined;
}

/** Metrics, and one more that `metricOf` has found. */
export function withMetric(metrics: Metrics | undefined, name: string): Metrics {
  const [, head, own] = ofHead.exec(name) ?? [];
  const more = (list: readonly Metric[] = [], metric: string) => [...list, metric as MetricName];
  if (head === undefined) return more(metrics as readonly Metric[] | undefined, name);
  const lists = { ...metrics } as Readonly<Record<string, readonly Metric[]>>;
  return { ...lists, [head]: more(lists[head], own!) };
}

/**
 * Which value is better: what its kind states, or `mode`.
 * @throws InvalidInputError where epochs will have no number of this path; where neither kind nor mode says which is better,
 *   or one says this and the other that.
 */
export function directionOf(
  where: string,
  path: string,
  measures: Pick<HeadMeasures, "directions"> | undefined,
  mode?: Mode,
): Direction {
  const modes: Record<string, Mode | undefined> = { loss: "min", "validation.loss": "min" };
  for (const [name, better] of Object.entries(measures?.directions ?? {})) {
    modes[prefix + name] = better && (better === "lower" ? "min" : "max");
  }
  const stated = lookUp(where, "a number of each epoch", path, modes);
  const known = stated ?? mode ?? refuse(`${where}: mode`, `"min" or "max" for ${path}`, "none");
  if (mode !== undefined && mode !== known)
    refuse(`${where}: mode`, `${show(known)}, or none, for ${path}`, show(mode));
  return known === "min" ? "lower" : "higher";
}

/** @throws InvalidInputError where there is no number. */
export function readMonitor(where: string, epoch: { readonly validation?: object }, path: string): number {
  const value = path.split(".").reduce<unknown>((at, name) => Object(at)[name], epoch);
  if (typeof value === "number") return value;
  const names = Object.keys(epoch.validation ?? {}).map((name) => `validation.${name}`);
  return refuse(where, `the path of a number, as ${["loss", ...names].join(", ")}`, show(path));
}
