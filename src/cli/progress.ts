/**
 * Shows how far a long job has come: a bar where lines can be drawn over, now and then a plain line elsewhere. What
 * it shows goes to stderr, so that a report on stdout stays clean.
 */
import cliProgress from "cli-progress";
import { isTerminal, widthOf, type OutputStream } from "./terminal.ts";

export interface Progress {
  /** `done` of the total are done; `text` is shown beside it, such as the loss. */
  update(done: number, text?: string): void;
  /** Removes the bar, or writes the last line. To be called however the job ends; a second call does nothing. */
  stop(): void;
}

/** Between two plain lines at least this many milliseconds pass. */
const QUIET = 5000;

export function progress(label: string, total: number, stream: OutputStream = process.stderr): Progress {
  return isTerminal(stream) ? bar(label, total, stream) : plainLines(label, total, stream);
}

function bar(label: string, total: number, stream: OutputStream): Progress {
  const widest = widthOf(stream) - 1;
  const shown = new cliProgress.SingleBar({
    stream,
    clearOnComplete: true,
    // Off would leave the terminal without line wrapping if the program were killed.
    linewrap: true,
    format: (_options, { progress: share, value }, { text }: { text: string }) =>
      barLine(label, share, `${count(value)} of ${count(total)}`, text, widest),
  });
  shown.start(total, 0, { text: "" });
  return {
    update: (done, text = "") => shown.update(done, { text }),
    stop: () => shown.stop(),
  };
}

function barLine(label: string, share: number, counted: string, text: string, widest: number): string {
  const cells = Math.max(8, Math.min(30, widest - label.length - counted.length - 30));
  const full = Math.round(cells * Math.min(Math.max(share, 0), 1));
  const line = `${label} ${"█".repeat(full)}${"░".repeat(cells - full)} ${counted}  ${text}`.trimEnd();
  return line.length <= widest ? line : `${line.slice(0, widest - 1)}…`;
}

function plainLines(label: string, total: number, stream: OutputStream): Progress {
  const started = performance.now();
  let last = started;
  let reached = { done: 0, text: "" };
  let stopped = false;
  const state = () => `${count(reached.done)} of ${count(total)}${reached.text === "" ? "" : `, ${reached.text}`}`;
  const write = (words: string) => stream.write(`${label}: ${words}\n`);
  write(`${count(total)} to go`);
  return {
    update(done, text = "") {
      reached = { done, text };
      if (stopped || performance.now() - last < QUIET) return;
      last = performance.now();
      write(state());
    },
    stop() {
      if (stopped) return;
      stopped = true;
      write(`${state()}, after ${((performance.now() - started) / 1000).toFixed(1)} s`);
    },
  };
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}
