/**
 * One scheduler for all long work of the process: work is cut into slices of at most 10 ms, and after each the host has its
 * turn, however many trainings, evaluations and readings are under way. Whoever works asks `sliceIsOver` between pieces of
 * a millisecond or two, and waits for `breathe` if so:
 *
 *     for (const piece of work) {
 *       if (sliceIsOver()) await breathe(signal);
 *       ...
 *     }
 *
 * Nothing is looked up when this is imported: what a host may lack is asked for when it is used.
 */
import { reasonOf, type Signal, throwIfAborted } from "./signal.ts";

/** When work is to breathe, in milliseconds: the piece that is under way by then ends within the ten. */
const SLICE = 8;

/** When the slice under way is over. Before the first turn, nobody knows how long the host has waited already. */
let end = 0;

/** Work that waits for its next slice, the first come first. */
const waiting: { resume: () => void }[] = [];
/** By which of the host's functions a turn has been asked for: one that is not there any more, as a test's fake, may forget it. */
let askedBy: unknown;
/** How many have been asked for: only the last one counts. */
let asked = 0;

/** When the slice of work under way is over, as `performance.now()` counts. */
export function sliceEnd(): number {
  return end;
}

/** Whether it is time to `breathe`. */
export function sliceIsOver(): boolean {
  return performance.now() >= end;
}

/**
 * Gives the host its turn, then all others who wait theirs, and resolves when a slice of one's own begins.
 * @throws the signal's reason, at once when it is aborted.
 */
export async function breathe(signal?: Signal): Promise<void> {
  throwIfAborted(signal);
  await new Promise<void>((resolve, reject) => {
    const waiter = { resume: done };
    function done(): void {
      signal?.removeEventListener("abort", stop);
      resolve();
    }
    function stop(): void {
      signal!.removeEventListener("abort", stop);
      waiting.splice(waiting.indexOf(waiter), 1);
      reject(reasonOf(signal!));
    }
    signal?.addEventListener("abort", stop);
    waiting.push(waiter);
    askForTurn();
  });
}

/** One who waits has each turn: the slices of all together hold the host no longer than one would. */
function askForTurn(): void {
  const way = wayToWait();
  if (way === askedBy || waiting.length === 0) return;
  askedBy = way;
  const ticket = ++asked;
  afterHost(() => {
    if (ticket !== asked) return;
    askedBy = undefined;
    end = performance.now() + SLICE;
    waiting.shift()?.resume();
    askForTurn();
  });
}

/** What the host has, at this moment, to call back later. */
function wayToWait(): unknown {
  const { setImmediate: immediate, MessageChannel: channel } = globalThis;
  return immediate ?? channel ?? setTimeout;
}

/** Calls back after the host's other work, in the quickest way that the host has. */
function afterHost(callback: () => void): void {
  if (typeof setImmediate === "function") setImmediate(callback);
  else if (typeof MessageChannel === "function") {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(undefined);
  } else setTimeout(callback);
}
