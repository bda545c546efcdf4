import { afterEach, describe, expect, it, vi } from "vitest";
import { breathe, sliceEnd, sliceIsOver } from "../../src/ground/scheduler.ts";

/** Works until its slice is over. */
function work(): void {
  while (!sliceIsOver());
}

afterEach(() => vi.unstubAllGlobals());

describe("breathe", () => {
  it("gives the host its turn and begins a slice", async () => {
    work();
    const turns: string[] = [];
    setImmediate(() => turns.push("host"));
    await breathe();
    turns.push("work");
    expect(turns).toEqual(["host", "work"]);
    expect(sliceIsOver()).toBe(false);
    expect(sliceEnd()).toBeGreaterThan(performance.now());
  });

  it("gives all their slices in turn, and the host its turn after each", async () => {
    const turns: string[] = [];
    let isDone = false;
    const host = () => {
      turns.push("host");
      if (!isDone) setImmediate(host);
    };
    const worker = async (name: string) => {
      for (let i = 0; i < 3; i++) {
        await breathe();
        turns.push(name);
      }
    };
    setImmediate(host);
    await Promise.all(["a", "b", "c"].map(worker));
    isDone = true;
    expect(turns.filter((turn) => turn !== "host").join("")).toBe("abcabcabc");
    expect(turns.join(" ")).not.toMatch(/[abc] [abc]/);
  });

  it("throws the reason of a signal, before it waits and while it waits", async () => {
    const reason = new Error("enough");
    await expect(breathe(AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const order: string[] = [];
    const others = [1, 2, 3].map(async (i) => {
      await breathe();
      order.push(`${i}`);
    });
    const stopped = breathe(controller.signal).catch((error) => order.push(error.message));
    controller.abort(reason);
    await Promise.all([stopped, ...others]);
    expect(order).toEqual(["enough", "1", "2", "3"]);
  });

  it("leaves no listener at a signal", async () => {
    const { signal } = new AbortController();
    const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
    await breathe(signal);
    expect(added).toHaveBeenCalledOnce();
    expect(removed).toHaveBeenCalledOnce();
  });

  it.each([
    ["without setImmediate", ["setImmediate"]],
    ["without MessageChannel either, as under jest's jsdom", ["setImmediate", "MessageChannel"]],
  ])("does it on a host %s", async (_, missing) => {
    for (const name of missing) vi.stubGlobal(name, undefined);
    let turns = 0;
    setTimeout(() => turns++);
    for (let i = 0; i < 5; i++) await breathe();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(turns).toBe(1);
    expect(sliceEnd()).toBeGreaterThan(0);
  });

  it("goes on where a test's fake timers have swallowed a turn", async () => {
    vi.useFakeTimers({ toFake: ["setImmediate"] });
    const swallowed = breathe();
    vi.useRealTimers();
    await breathe();
    await swallowed;
    expect(sliceIsOver()).toBe(false);
  });
});
