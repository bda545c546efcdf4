import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { progress } from "../../src/cli/progress.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubEnv("TERM", "xterm");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

function open(isTTY: boolean, columns = 80) {
  let written = "";
  const stream = Object.assign(new PassThrough(), { isTTY, columns });
  stream.write = (chunk: unknown) => {
    written += String(chunk);
    return true;
  };
  return { stream, text: () => written, lines: () => written.split("\n").slice(0, -1) };
}

describe("where there is no terminal", () => {
  it("writes a line at the start and one at the end, however often it is told", () => {
    const { stream, lines } = open(false);
    const shown = progress("perceptron", 20_000, stream);
    for (let done = 1; done <= 20_000; done++) shown.update(done, "loss 0.48");
    vi.advanceTimersByTime(1200);
    shown.stop();
    expect(lines()).toEqual(["perceptron: 20,000 to go", "perceptron: 20,000 of 20,000, loss 0.48, after 1.2 s"]);
  });

  it("writes at most one line every five seconds in between", () => {
    const { stream, lines } = open(false);
    const shown = progress("perceptron", 120, stream);
    for (let second = 1; second <= 12; second++) {
      vi.advanceTimersByTime(1000);
      shown.update(10 * second);
    }
    shown.stop();
    expect(lines().slice(1, -1)).toEqual(["perceptron: 50 of 120", "perceptron: 100 of 120"]);
  });

  it("says how far it came when stopped early, once, and is silent afterwards", () => {
    const { stream, lines } = open(false);
    const shown = progress("perceptron", 10, stream);
    shown.update(3);
    shown.stop();
    shown.stop();
    vi.advanceTimersByTime(60_000);
    shown.update(4);
    expect(lines()).toEqual(["perceptron: 10 to go", "perceptron: 3 of 10, after 0.0 s"]);
  });

  it("writes no control characters", () => {
    const { stream, text } = open(false);
    progress("perceptron", 10, stream).stop();
    expect(stripVTControlCharacters(text())).toBe(text());
  });
});

describe("on a terminal", () => {
  it("draws a bar that fills, even while the event loop is blocked", () => {
    const { stream, text } = open(true);
    const shown = progress("perceptron", 100, stream);
    expect(text()).toContain("perceptron ░░░");
    vi.setSystemTime(Date.now() + 1000);
    shown.update(50, "loss 0.48");
    expect(text()).toMatch(/perceptron (█+)░+ 50 of 100 {2}loss 0\.48/);
    vi.setSystemTime(Date.now() + 1000);
    shown.update(100);
    expect(text()).toMatch(/perceptron █+ 100 of 100/);
    shown.stop();
  });

  it.each([40, 80, 300])("never draws wider than %i columns or 100", (columns) => {
    const { stream, text } = open(true, columns);
    const shown = progress("a rather long label for a bar", 1_000_000, stream);
    vi.setSystemTime(Date.now() + 1000);
    shown.update(500_000, "x".repeat(200));
    shown.stop();
    const drawings = text().split("\u001b[1G").map(stripVTControlCharacters);
    expect(Math.max(...drawings.map((drawing) => drawing.length))).toBeGreaterThan(30);
    for (const drawing of drawings) expect(drawing.length).toBeLessThan(Math.min(columns, 100));
  });

  it("clears its line at the end and leaves no timer behind", () => {
    const { stream, text } = open(true);
    const shown = progress("perceptron", 10, stream);
    shown.update(10);
    shown.stop();
    shown.stop();
    expect(text().endsWith("\u001b[2K")).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    expect(text().endsWith("\n")).toBe(false);
  });

  it("survives a job of nothing", () => {
    const { stream, text } = open(true);
    progress("nothing", 0, stream).stop();
    expect(text()).not.toContain("NaN");
  });
});
