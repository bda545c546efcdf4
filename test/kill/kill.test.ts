/**
 * Processes that train are killed at moments drawn by a seed, and others go on from what is on the disk, over every optimizer:
 * in the end each training has the bits of one that was left alone, its history included.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { Random } from "../../src/ground/random.ts";

const SEED = 60_613;
/** Of each training; more than 200 of all together. */
const KILLS = 19;
/** Milliseconds from where a training begins, within which it is killed. */
const LONGEST = 80;

const names = [
  "sgd",
  "momentum",
  "rmsprop",
  "adagrad",
  "adadelta",
  "adam",
  "amsgrad",
  "adamW",
  "nadam",
  "lion",
  "lbfgs",
];
const script = fileURLToPath(new URL("train.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "lanegrad-kill-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A process that trains, as long as it is let; what it came to, or undefined if it was killed. */
function life(args: readonly string[], afterBeginning: (child: ChildProcess) => void): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let [text, errors] = ["", ""];
    child.stderr.on("data", (piece: Buffer) => (errors += piece));
    child.stdout.on("data", (piece: Buffer) => {
      if (text === "") afterBeginning(child);
      text += piece;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL") resolve(undefined);
      else if (code === 0) resolve(/ends (.*)/.exec(text)![1]);
      else reject(new Error(`${args.join(" ")}: ended with ${code}\n${errors}`));
    });
  });
}

const undisturbed = () => {};

describe(`a training that is killed ${KILLS} times (seed ${SEED})`, () => {
  it.concurrent.each(names)("by %s, goes on from its file to the bits of one that was left alone", async (name) => {
    const random = new Random(SEED + names.indexOf(name));
    const path = join(folder, `${name}.checkpoint`);
    const expected = await life([name], undisturbed);
    for (let kills = 0; kills < KILLS;) {
      const delay = random.below(LONGEST + 1);
      const end = await life([name, path], (child) => void setTimeout(() => child.kill("SIGKILL"), delay));
      if (end === undefined) kills++;
      else {
        // It was through before: the next one begins anew.
        expect(end).toBe(expected);
        rmSync(path);
      }
    }
    expect(await life([name, path], undisturbed)).toBe(expected);
    // What kills have left was removed when the next checkpoint was written.
    const left = readdirSync(folder).filter((file) => file.startsWith(name) && file.endsWith(".partial"));
    expect(left).toEqual([]);
  });
});
