import { describe, expect, it } from "vitest";
import { painter, visibleLength, type Page } from "../../../src/cli/terminal.ts";
import {
  engineSection,
  filesSection,
  gradientCheckSection,
  headline,
  hiddenUnitsSection,
  modelSection,
  weightName,
} from "../../../src/cli/titanic/report.ts";
import { readHiddenUnits, type ModelResult } from "../../../src/cli/titanic/results.ts";

const sigma = (s: number) => 1 / (1 + Math.exp(-s));
const plain: Page = { width: 80, paint: painter(false) };
const coloured: Page = { width: 80, paint: painter(true) };

const model: ModelResult = {
  name: "Logistic regression on age, male and “is young male”",
  method: "Newton's method",
  iterations: 12_345,
  seconds: 0.0123,
  loss: 0.51151234,
  correct: 557,
  count: 714,
  confusion: [
    [360, 64],
    [93, 197],
  ],
  weights: [
    { layer: 1, i: 1, j: 1, from: "age", to: "output", value: -0.0054259 },
    { layer: 1, i: 1, j: 2, from: "male", to: "output", value: -12.4659202 },
    { layer: 1, i: 1, j: 3, from: "1", to: "output", value: 1.2772732 },
  ],
  note: "Weights for raw inputs: age in years, male 0 or 1, and as many more words as it takes to fill more than a line.",
};

const evaluate = (age: number, male: number) => {
  const hidden = [sigma(8 * male - 4), sigma(6 * male - 0.9 * age - 1)];
  return { hidden, output: sigma(1.3 - 3 * hidden[0]! + 3.5 * hidden[1]!) };
};
const units = readHiddenUnits(
  [
    { label: "girl of 8", age: 8, male: 0 },
    { label: "boy of 3", age: 3, male: 1 },
  ],
  evaluate,
);
const engine = {
  tier: "fused",
  reason: "the processor multiplies and adds in one instruction, and the network is too small for threads to pay",
  seconds: 0.021,
  iterations: 1000,
  reference: { seconds: 0.48, iterations: 1000 },
};
const files = [
  { path: "titanic.svg", what: "the picture" },
  { path: "titanic-model.json", what: "the perceptron" },
];

const sections = (page: Page) => [
  headline("Titanic: who survived?", "714 passengers of known age and three models, ".repeat(3), page),
  modelSection(model, page),
  gradientCheckSection({ partials: 9, differenceError: 3.14e-10, engineError: 2.4e-7 }, page),
  hiddenUnitsSection(units, page),
  engineSection(engine, page),
  filesSection(files, page),
];

/** The line of `text` that holds `words`, with its blanks squeezed. */
function line(text: string, words: string): string {
  return text
    .split("\n")
    .find((row) => row.includes(words))!
    .trim()
    .replace(/ +/g, " ");
}

describe("every section", () => {
  it.each([...Array(61).keys()].map((n) => 40 + n))(
    "keeps its lines within %i columns, with and without colour",
    (width) => {
      for (const page of [plain, coloured]) {
        for (const row of sections({ ...page, width })
          .join("")
          .split("\n")) {
          expect(visibleLength(row), row).toBeLessThanOrEqual(width);
        }
      }
    },
  );

  it("has no escape codes without colour, and the same words with it", () => {
    const [black, bright] = [sections(plain).join(""), sections(coloured).join("")];
    expect(black.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(bright).toContain("\u001b[1m");
    expect(bright.replace(/\p{Cc}\[\d+m/gu, "")).toBe(black);
  });

  it("starts with an empty line, ends with a newline and has no trailing blanks", () => {
    for (const text of sections(plain)) {
      expect(text).toMatch(/^\n\S/);
      expect(text).toMatch(/\S\n$/);
      expect(text).not.toMatch(/ \n/);
    }
  });
});

describe("on a narrow page", () => {
  const narrow: Page = { ...plain, width: 60 };
  const check = { partials: 9, differenceError: 5e-9, engineError: 2.4e-7 };

  it("values stand below labels that leave them no room", () => {
    expect(gradientCheckSection(check, narrow).split("\n").slice(2)).toEqual([
      "  partial derivatives checked",
      "    9",
      "  largest relative error against central differences in",
      "  float64",
      "    5.0e-9",
      "  largest relative error of the engine's own gradient",
      "    2.4e-7",
      "",
    ]);
  });

  it("no word or number is lost", () => {
    const words = (text: string) => text.replace(/─/g, "").split(/\s+/).filter(Boolean).toSorted();
    for (const width of [45, 50, 60, 70]) {
      const page = { ...plain, width };
      expect(words(gradientCheckSection(check, page))).toEqual(words(gradientCheckSection(check, plain)));
      expect(words(engineSection(engine, page))).toEqual(words(engineSection(engine, plain)));
      expect(words(hiddenUnitsSection(units, page))).toEqual(words(hiddenUnitsSection(units, plain)));
    }
    const numbers = (text: string) => text.match(/\d[\d.]*/g)!.toSorted();
    expect(numbers(modelSection(model, { ...plain, width: 40 }))).toEqual(numbers(modelSection(model, plain)));
  });
});

describe("a model", () => {
  const text = modelSection(model, plain);

  it("shows loss, accuracy and how it was trained", () => {
    expect(line(text, "mean log loss")).toBe("mean log loss 0.5115123");
    expect(line(text, "accuracy")).toBe("accuracy 557 of 714 (78.0 %)");
    expect(line(text, "trained by")).toBe("trained by Newton's method, 12,345 iterations, 12.3 ms");
    expect(modelSection({ ...model, iterations: 1, seconds: 2.5 }, plain)).toContain("1 iteration, 2.50 s");
  });

  it("shows a confusion matrix that adds up to accuracy and count", () => {
    const numbers = ["truly died", "truly survived"].map((row) => line(text, row).match(/\d+/g)!.map(Number));
    expect(numbers).toEqual(model.confusion);
    expect(numbers.flat().reduce((a, b) => a + b)).toBe(model.count);
    expect(numbers[0]![0]! + numbers[1]![1]!).toBe(model.correct);
  });

  it("shows each weight with its name, seven digits and the points below each other", () => {
    expect(line(text, "w₁,₁⁽¹⁾")).toBe("w₁,₁⁽¹⁾ age → output -0.0054259");
    expect(line(text, "w₁,₃⁽¹⁾")).toBe("w₁,₃⁽¹⁾ 1 → output 1.2772732");
    const rows = text.split("\n").filter((row) => row.includes("→"));
    expect(new Set(rows.map((row) => row.lastIndexOf("."))).size).toBe(1);
  });

  it("wraps its note, and does without one", () => {
    expect(text.replace(/\s+/g, " ")).toContain(model.note);
    const { note: _, ...rest } = model;
    expect(modelSection(rest, plain)).not.toContain("Weights for");
  });

  it("names weights of any size", () => {
    expect(weightName({ layer: 2, i: 10, j: 347 })).toBe("w₁₀,₃₄₇⁽²⁾");
  });
});

describe("the other sections", () => {
  it("show both errors of the gradient and how many partials they are of", () => {
    const text = sections(plain)[2]!;
    expect(line(text, "partial derivatives")).toBe("partial derivatives checked 9");
    expect(line(text, "central differences")).toMatch(/float64 3\.1e-10$/);
    expect(line(text, "engine's own")).toMatch(/gradient 2\.4e-7$/);
  });

  it("show what the hidden units give for each person, and where they flip", () => {
    const text = hiddenUnitsSection(units, plain);
    expect(line(text, "girl of 8")).toBe("girl of 8 0.018 0.000 0.777");
    expect(line(text, "boy of 3")).toBe("boy of 3 0.982 0.909 0.823");
    const flips = text
      .split("\n")
      .filter((row) => /^ {2}hidden/.test(row))
      .map((row) => row.trim().split(/ {2,}/));
    expect(flips).toEqual([
      ["hidden 1", "never", "never"],
      ["hidden 2", "never", "at age 5.6"],
    ]);
  });

  it("show tier, reason, both times and the ratio", () => {
    const text = engineSection(engine, plain);
    expect(line(text, "tier")).toBe("tier fused");
    expect(text.replace(/\s+/g, " ")).toContain(engine.reason);
    expect(line(text, "this job")).toBe("this job 1,000 iterations in 21.0 ms");
    expect(line(text, "speed")).toBe("speed 23 times as fast, iteration for iteration");
    expect(engineSection({ ...engine, reference: { seconds: 0.48, iterations: 2000 } }, plain)).toContain(
      "11 times as fast",
    );
    expect(engineSection({ ...engine, seconds: 0.6 }, plain)).toContain("0.8 times as fast");
  });

  it("make no ratio where the reference itself ran", () => {
    const text = engineSection({ ...engine, tier: "float32", reference: undefined }, plain);
    expect(text).not.toMatch(/in JavaScript|speed/);
  });

  it("list the files, with what they hold below where a line is too short", () => {
    expect(line(filesSection(files, plain), "titanic.svg")).toBe("titanic.svg the picture");
    const long = filesSection([{ path: `${"deep/".repeat(14)}a.svg`, what: "the picture" }], plain);
    expect(long).toMatch(/a\.svg\n {4}the picture\n$/);
  });
});
