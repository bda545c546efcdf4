/** What an epoch came to, by a path such as "validation.loss": for whatever goes by it from epoch to epoch. */
import type { Dataset } from "../data/dataset.ts";
import { refuse, show } from "../ground/errors.ts";

/** @throws InvalidInputError where no epoch of the training will have it. */
export function checkMonitor(where: string, path: string, validation: Dataset | undefined): void {
  if (path === "loss" || (validation !== undefined && path.startsWith("validation."))) return;
  const others =
    validation === undefined ? " (what begins with validation. needs validation data)" : " or validation.loss";
  refuse(where, `to go by loss${others}`, show(path));
}

/** @throws InvalidInputError where there is no number. */
export function readMonitor(where: string, epoch: { readonly validation?: object }, path: string): number {
  const value = path.split(".").reduce<unknown>((at, name) => Object(at)[name], epoch);
  if (typeof value === "number") return value;
  const names = Object.keys(epoch.validation ?? {}).map((name) => `validation.${name}`);
  return refuse(where, `the path of a number, as ${["loss", ...names].join(", ")}`, show(path));
}
