import { describe, expect, it } from "vitest";
import { checkSignal, throwIfAborted, type Signal } from "../../src/ground/signal.ts";

/** As a polyfill makes it: no AbortSignal, no reason, no throwIfAborted. */
const polyfilled = (aborted: boolean) => {
  const target = new EventTarget();
  return {
    aborted,
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
  } as unknown as Signal;
};

describe("a signal", () => {
  it("is taken by what it is, not by whose", () => {
    const { signal } = new AbortController();
    expect(checkSignal("fit: signal", undefined)).toBeUndefined();
    expect(checkSignal("fit: signal", signal)).toBe(signal);
    expect(checkSignal("fit: signal", polyfilled(false))).toBeTypeOf("object");
  });

  it.each([null, 1, "abort", {}, { aborted: false }, new AbortController(), () => false])("is not %j", (given) => {
    expect(() => checkSignal("fit: signal", given)).toThrow("fit: signal: expected an AbortSignal, got");
  });

  it("throws its reason, or an AbortError where a polyfill has none", () => {
    const reason = new Error("enough");
    expect(() => throwIfAborted(undefined)).not.toThrow();
    expect(() => throwIfAborted(polyfilled(false))).not.toThrow();
    expect(() => throwIfAborted(AbortSignal.abort(reason))).toThrow(reason);
    expect(() => throwIfAborted(polyfilled(true))).toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});
