/**
 * scikit-learn's own sets by its own recipes: the mean score over five seeds of four folds, and the seconds of all fits, here
 * and there, on one thread each, one after another. `npm run bench:sklearn -- iris adam` measures some of them;
 * LANEGRAD_PYTHON names a Python that has scikit-learn.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { table } from "../report.ts";
import { measured, type RecipeName, recipeNames, type SetName, setNames } from "./sets.ts";

const script = fileURLToPath(new URL("../../test/golden/sklearn/make.py", import.meta.url));

function theirs(set: SetName, recipe: RecipeName): { score: number; seconds: number } {
  // Old OpenBLAS needs these on some processors; they slow a current one.
  const { OPENBLAS_CORETYPE: _type, OPENBLAS_L2_SIZE: _size, ...env } = process.env;
  const { stdout, stderr, status } = spawnSync(process.env.LANEGRAD_PYTHON ?? "python3", [script, set, recipe], {
    env: { ...env, OMP_NUM_THREADS: "1" },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`python: ${stderr}`);
  return JSON.parse(stdout) as { score: number; seconds: number };
}

const asked = new Set(process.argv.slice(2));
const chosen = <Name extends string>(names: readonly Name[]) => {
  const some = names.filter((name) => asked.has(name));
  return some.length > 0 ? some : names;
};
const rows: string[][] = [];
const total = { theirs: 0, ours: 0 };
const seconds = (there: number, here: number) => [there.toFixed(2), here.toFixed(2), (here / there).toFixed(2)];
for (const set of chosen(setNames)) {
  for (const recipe of chosen(recipeNames)) {
    const [there, here] = [theirs(set, recipe), await measured(set, recipe)];
    total.theirs += there.seconds;
    total.ours += here.seconds;
    const scores = [there.score, here.score, here.score - there.score].map((score) => score.toFixed(4));
    rows.push([set, recipe, ...scores, ...seconds(there.seconds, here.seconds)]);
    console.error(rows.at(-1)!.join(" "));
  }
}
rows.push(["all", "", "", "", "", ...seconds(total.theirs, total.ours)]);
const head = ["set", "recipe", "scikit-learn", "lanegrad", "difference", "seconds there", "here", "of the time"];
console.log(table(head, rows, 2));
