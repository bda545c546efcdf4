/** Signals that ask long work to stop: taken by what they are, so that those of polyfills and of other realms work too. */
import { refuse, show } from "./errors.ts";

/** What is asked of an AbortSignal. */
export type Signal = Pick<AbortSignal, "aborted" | "reason" | "addEventListener" | "removeEventListener">;

/** @throws InvalidInputError for what does not say whether it is aborted, or could not be listened to. */
export function checkSignal(where: string, given: unknown): Signal | undefined {
  if (given === undefined) return undefined;
  const signal = given as Signal;
  const isSignal =
    typeof given === "object" &&
    given !== null &&
    typeof signal.aborted === "boolean" &&
    typeof signal.addEventListener === "function" &&
    typeof signal.removeEventListener === "function";
  return isSignal ? signal : refuse(where, "an AbortSignal", show(given));
}

/** @throws the signal's reason, or where a polyfill gives none an AbortError, once it is aborted. */
export function throwIfAborted(signal: Signal | undefined): void {
  if (signal?.aborted) throw reasonOf(signal);
}

export function reasonOf(signal: Signal): unknown {
  return signal.reason ?? new DOMException("This operation was aborted", "AbortError");
}

/** Settles as the work does, or rejects with the signal's reason as soon as it is aborted; the work goes on unheard then. */
export async function unlessAborted<T>(work: Promise<T>, signal: Signal | undefined): Promise<T> {
  if (!signal) return work;
  work.catch(() => {}); // who aborts is told of nothing else
  throwIfAborted(signal);
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(reasonOf(signal));
    const leave = () => signal.removeEventListener("abort", stop);
    signal.addEventListener("abort", stop);
    work.then(resolve, reject).finally(leave);
  });
}
