import { describe, expect, it } from "vitest";
import { checkDrawOptions } from "../../../src/dataflow/draw/options.ts";
import { planOf } from "../../../src/dataflow/draw/plan.ts";
import { FONT, insideOf, isSmall, labelSize, sizesOf } from "../../../src/dataflow/draw/sizes.ts";
import { variable } from "../../../src/dataflow/label.ts";
import { plain, widthOf } from "../../../src/dataflow/typeset/text.ts";
import { cosine, logisticRegression, mlp, POINT } from "./fixtures.ts";

const planned = (graph: ReturnType<typeof cosine>) => planOf(graph, checkDrawOptions(graph, { sweep: true }));

describe("a circle", () => {
  it("has its name in the middle, and its value below it", () => {
    const [bare] = planned(cosine()).circles;
    expect(insideOf(bare!).map(({ text }) => text)).toEqual([bare!.label]);
    const [valued] = planned(cosine(POINT)).circles;
    const [name, value] = insideOf(valued!);
    expect([name!.text, value!.text]).toEqual([valued!.label, valued!.value]);
    expect(value!.y).toBeGreaterThan(name!.y + value!.size * 0.72);
  });

  it("is as wide as a long formula, and no higher for it", () => {
    const { circles } = sizesOf(planned(cosine()));
    const [x, cos] = [circles.get("x")!, circles.get("cos(x^2 y)")!];
    expect(cos.width).toBeGreaterThan(x.width);
    expect(cos.height).toBe(x.height);
    expect(x.width).toBe(x.height);
    expect(widthOf(variable("x"), FONT.label)).toBeLessThan(x.width / 2);
  });

  it("is smaller where it is a weight between two columns", () => {
    const plan = planned(logisticRegression());
    const small = plan.circles.filter(({ circle }) => isSmall(circle)).map(({ circle }) => circle.id);
    expect(small).toEqual(["w"]);
    const { circles } = sizesOf(plan);
    expect(circles.get("w")!.height).toBeLessThan(circles.get("s")!.height);
  });

  it("is flat where it is a fold", async () => {
    const { circles } = sizesOf(planned(await mlp([40, 2, 1])));
    const fold = [...circles].find(([id]) => id.includes(".."))!;
    expect(fold[1].height).toBeLessThan(circles.get("l")!.height);
  });
});

describe("a label", () => {
  it("has room around its text", () => {
    const text = plain("abc");
    const { width, height } = labelSize(text, 12);
    expect(width).toBeGreaterThan(widthOf(text, 12));
    expect(height).toBeGreaterThan(12 * 0.9);
  });

  it("has a size for each arrow that has text, and for each circle that is swept", () => {
    const plan = planned(cosine(POINT));
    const { partials, derivatives } = sizesOf(plan);
    expect(partials.map((size) => size !== undefined)).toEqual(plan.arrows.map(({ text }) => text !== undefined));
    const swept = plan.circles.filter(({ derivative }) => derivative !== undefined).map(({ circle }) => circle.id);
    expect(swept.length).toBeGreaterThan(3);
    expect([...derivatives.keys()]).toEqual(swept);
  });
});
