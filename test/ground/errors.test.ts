import { describe, expect, it } from "vitest";
import {
  CapacityError,
  checkNumber,
  checkOptions,
  DivergenceError,
  InvalidInputError,
  LanegradError,
  lookUp,
  nearest,
  refuse,
  show,
  within,
} from "../../src/ground/errors.ts";

describe("errors", () => {
  it("are all of one family, each with its name", () => {
    const errors = [
      new InvalidInputError("a"),
      new CapacityError("b", { cause: 1 }),
      new DivergenceError(2, 30, 1, NaN),
    ];
    for (const error of errors) expect(error).toBeInstanceOf(LanegradError);
    expect(errors.map(({ name }) => name)).toEqual(["InvalidInputError", "CapacityError", "DivergenceError"]);
    expect(errors[1]!.cause).toBe(1);
  });

  it("of divergence say where", () => {
    const error = new DivergenceError(2, 30, 1, Infinity);
    expect(error).toMatchObject({ epoch: 2, step: 30, layer: 1, loss: Infinity });
    expect(error.message).toContain("got Infinity at epoch 2, step 30, first in layer 1; the last good parameters");
    expect(new DivergenceError(1, 1, undefined, NaN).message).toContain("got NaN at epoch 1, step 1; the last");
  });

  it("say what was expected and what was got", () => {
    expect(() => refuse("layer 2", "128 inputs", "784")).toThrow(
      new InvalidInputError("layer 2: expected 128 inputs, got 784"),
    );
  });
});

describe("messages", () => {
  it("are cut, whatever they quote", () => {
    const { message } = new InvalidInputError(`file: expected JSON, got ${"x".repeat(2_000_000)}`);
    expect(message).toHaveLength(2000);
    expect(message.endsWith("x...")).toBe(true);
    expect(new LanegradError("\u0001".repeat(2000)).message).toHaveLength(2000);
    expect(() => refuse("a", "b", "\u{1F600}".repeat(2000))).toThrow(/^a: expected b, got (\u{1F600})+\.\.\.$/u);
  });

  it("have no character that a terminal would act on, but their line breaks", () => {
    const { message } = new LanegradError("a\u0000\u001B[31m\u0085\u202E\uD800\u{E0001}\r\nb\u2028");
    expect(message).toBe("a\\u0000\\u001b[31m\\u0085\\u202e\\ud800\\u{e0001}\\u000d\nb\\u2028");
    expect(new LanegradError().message).toBe("");
  });
});

describe("show", () => {
  it("cuts and escapes", () => {
    expect(show("\u202Eabc\u0001\uD83D")).toBe('"\\u202eabc\\u0001\\ud83d"');
    expect(show(`${"a".repeat(56)}\u{1F600}${"b".repeat(99)}`)).toBe(`"${"a".repeat(56)}..."`);
    expect(show(10n ** 5000n).length).toBeLessThan(70);
    expect(show(Object.assign(new Float32Array(2), { constructor: undefined }))).toBe("a Float32Array of 2");
  });

  it.each([
    ["text", '"text"'],
    ['a "quoted" text', '"a \\"quoted\\" text"'],
    ["x".repeat(70), `"${"x".repeat(57)}..."`],
    [10n, "10n"],
    [Symbol("s"), "a symbol"],
    [() => 1, "a function"],
    [new Float32Array(3), "a Float32Array of 3"],
    [new DataView(new ArrayBuffer(5)), "a DataView of 5"],
    [[1, 2], "an array of 2"],
    [{ toString: 1 }, "an object"],
    [Object.create(null), "an object"],
    [null, "null"],
    [undefined, "undefined"],
    [NaN, "NaN"],
    [true, "true"],
  ])("case %#", (value, text) => {
    expect(show(value)).toBe(text);
  });
});

describe("names", () => {
  const table = { sigmoid: 1, softmax: 2, tanh: 3 };

  it("suggest the nearest one", () => {
    expect(nearest("sigmod", Object.keys(table))).toBe("sigmoid");
    expect(nearest("SOFTMAX", Object.keys(table))).toBe("softmax");
    expect(nearest("zzz", Object.keys(table))).toBeUndefined();
    expect(nearest("x".repeat(1e6), ["a"])).toBe(undefined);
  });

  it("are looked up among a table's own", () => {
    expect(lookUp("layer 1", "activation", "tanh", table)).toBe(3);
    for (const name of ["toString", "constructor", "__proto__", "hasOwnProperty"]) {
      expect(() => lookUp("layer 1", "activation", name, table)).toThrow("one of sigmoid, softmax, tanh, got");
    }
    expect(() => lookUp("layer 1", "activation", "sigmod", table)).toThrow(
      'layer 1: expected activation: one of sigmoid, softmax, tanh, got "sigmod" (did you mean "sigmoid"?)',
    );
    expect(() => lookUp("layer 1", "activation", 7, table)).toThrow("got 7");
  });
});

describe("synonyms", () => {
  const table = { identity: 1 };

  it("are what others call it, without blanks and marks", () => {
    for (const name of ["linear", "LINEAR", "lin-ear", "Linear "]) {
      expect(() => lookUp("a", "b", name, table, { linear: "identity" })).toThrow('(did you mean "identity"?)');
    }
    for (const name of ["toString", "constructor", "__proto__", "linears".repeat(1e5)]) {
      expect(() => lookUp("a", "b", name, table, { linear: "identity" })).toThrow(InvalidInputError);
      expect(() => lookUp("a", "b", name, table, { linear: "identity" })).not.toThrow("did you mean");
    }
  });
});

describe("options", () => {
  it("are objects of known names", () => {
    for (const options of [{}, { rate: 1 }, Object.create(null)]) {
      expect(() => checkOptions("sgd", options, ["rate"])).not.toThrow();
    }
    for (const options of [null, undefined, 1, "rate", [], ["rate"], new Float32Array(1), () => 1, Symbol("rate")]) {
      expect(() => checkOptions("sgd", options, ["rate"])).toThrow("sgd: expected an object of options, got");
    }
  });

  it("that are unknown are refused by name", () => {
    expect(() => checkOptions("sgd", { rat: 1 }, ["rate"])).toThrow(
      'sgd: expected options among rate, got "rat" (did you mean "rate"?)',
    );
    expect(() => checkOptions("sgd", { rat: 1 }, [])).toThrow('sgd: expected no options, got "rat"');
    expect(() => checkOptions("sgd", JSON.parse('{"__proto__": 1}'), ["rate"])).toThrow('got "__proto__"');
    expect(() => checkOptions("sgd", { constructor: 1 }, ["rate"])).toThrow('got "constructor"');
  });
});

describe("within", () => {
  it("says where what is refused lies, and leaves other errors as they are", () => {
    expect(within("head", () => 3)).toBe(3);
    const refused = () => within("head", () => refuse("units", "one", "none"));
    expect(refused).toThrow(new InvalidInputError("head: units: expected one, got none"));
    const other = new CapacityError("memory: expected room, got none");
    const failed = () => within("head", () => { throw other; }); // prettier-ignore
    expect(failed).toThrow(other);
  });
});

describe("checkNumber", () => {
  it("takes what is within bounds", () => {
    expect(checkNumber("n", 0.5)).toBe(0.5);
    expect(checkNumber("n", 3, { integer: true, min: 3, max: 3 })).toBe(3);
    expect(checkNumber("n", 1e-300, { above: 0, below: 1 })).toBe(1e-300);
  });

  it.each([
    [NaN, {}, "n: expected a finite number, got NaN"],
    [Infinity, { min: 0 }, "n: expected a finite number, at least 0, got Infinity"],
    ["1", {}, 'n: expected a finite number, got "1"'],
    [1n, {}, "n: expected a finite number, got 1n"],
    [0.5, { integer: true, max: 2 }, "n: expected a whole number, at most 2, got 0.5"],
    [2 ** 53, { integer: true }, "n: expected a whole number, got 9007199254740992"],
    [0, { above: 0, below: 1 }, "n: expected a finite number, above 0, below 1, got 0"],
    [1, { above: 0, below: 1 }, "n: expected a finite number, above 0, below 1, got 1"],
    [new Number(1), {}, "n: expected a finite number, got an object"],
  ])("refuses %s", (value, bounds, message) => {
    expect(() => checkNumber("n", value, bounds)).toThrow(new InvalidInputError(message));
  });
});
