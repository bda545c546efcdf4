import { readFileSync } from "node:fs";
import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { drawPicture, surfaceColour, type Panel, type Passenger } from "../../../src/cli/titanic/picture.ts";

const sigma = (s: number) => 1 / (1 + Math.exp(-s));
const hidden1 = (_age: number, male: number) => sigma(8 * male - 4);
const hidden2 = (age: number, male: number) => sigma(6 * male - 0.9 * age - 1);

const panels: Panel[] = [
  {
    title: "Logistic regression",
    caption: "on age and male",
    value: (age, male) => sigma(-0.0054259 * age - 2.4659202 * male + 1.2772732),
  },
  {
    title: "With <young> & male",
    caption: 'a caption with "quotes" & <tags>',
    value: (age, male) => sigma(0.0080874 * age - 2.6734242 * male + 2.3830747 * (age < 5 ? male : 0) + 0.9018607),
  },
  {
    title: "Perceptron",
    caption: "two hidden units",
    value: (age, male) => sigma(1.3 - 3 * hidden1(age, male) + 3.5 * hidden2(age, male)),
  },
  { title: "Hidden unit 1", caption: "male", value: hidden1 },
  { title: "Hidden unit 2", caption: "young male", value: hidden2 },
];

const passengers: Passenger[] = readFileSync(new URL("../../../src/cli/titanic/titanic.csv", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => line.split(","))
  .filter((row) => row[4] === "train" && row[3] !== "")
  .map((row) => ({ survived: Number(row[0]), male: row[2] === "male" ? 1 : 0, age: Number(row[3]) }));

const svg = drawPicture({ passengers, panels });
const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement as unknown as Element;
const drawn = [...root.querySelectorAll("g.panel")];

/** Where an age and a value of male lie in a panel, by the ticks of its own axes. */
function place(panel: Element, age: number, male: number): [number, number] {
  const at = (axis: string, label: string) => {
    const ticks = [...panel.querySelectorAll(`[aria-label='${axis}-axis tick label'] text`)];
    const tick = ticks.find((text) => text.textContent === label)!;
    return tick
      .getAttribute("transform")!
      .match(/[\d.]+/g)!
      .map(Number);
  };
  const [left, right] = [at("x", "0")[0]!, at("x", "80")[0]!];
  const [bottom, top] = [at("y", "female 0")[1]!, at("y", "male 1")[1]!];
  return [left + (age / 80) * (right - left), bottom + male * (top - bottom)];
}

/** The colour on top at a point: that of the last path that contains it, by the even-odd rule. */
function colourAt(panel: Element, age: number, male: number): string | null {
  const [x, y] = place(panel, age, male);
  const covering = [...panel.querySelectorAll("g.surface path[d]")].filter((path) => contains(path, x, y));
  return covering.at(-1)!.getAttribute("fill");
}

function contains(path: Element, x: number, y: number): boolean {
  let inside = false;
  for (const ring of path.getAttribute("d")!.split("Z")) {
    const points = ring
      .slice(1)
      .split("L")
      .map((pair) => pair.split(",").map(Number) as [number, number]);
    points.forEach(([x1, y1], n) => {
      const [x2, y2] = points[(n + 1) % points.length]!;
      if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
    });
  }
  return inside;
}

const lightness = (colour: string) => {
  const [r, g, b] = colour.match(/\d+/g)!.map((part) => (Number(part) / 255) ** 2.2);
  return 116 * Math.cbrt(0.2126 * r! + 0.7152 * g! + 0.0722 * b!) - 16;
};

describe("the document", () => {
  it("is one well-formed, self-contained SVG with a title, a description and a background of its own", () => {
    expect(root.localName).toBe("svg");
    expect(wellFormed(svg)).toBe(true);
    expect(root.getAttribute("xmlns")).toBe("http://www.w3.org/2000/svg");
    expect(root.querySelector("title")!.textContent).toContain("Titanic");
    expect(root.querySelector("desc")!.textContent).toContain("714 passengers");
    expect(root.querySelector("rect.background")!.getAttribute("fill")).toBe("#ffffff");
    expect(svg).not.toMatch(/<script|<style|<image|href=|@import|url\((?!#)/);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("stays small", () => {
    expect(svg.length).toBeLessThan(300_000);
  });

  it("is the same for the same input", () => {
    expect(drawPicture({ passengers, panels })).toBe(svg);
  });

  it("has no text below 11 pixels", () => {
    const sizes = [...svg.matchAll(/font-size="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11);
  });

  it("draws with no passengers and a surface that never crosses 0.5", () => {
    const odd = drawPicture({ passengers: [], panels: [{ title: "a\u0001b", caption: "\uFFFE", value: () => 0.2 }] });
    expect(odd).toContain("a\uFFFDb");
    for (const character of ["\u0001", "\uFFFE"]) expect(odd).not.toContain(character);
    const empty = drawPicture({ passengers: [], panels: [{ title: "flat", caption: "", value: () => 0.2 }] });
    expect(empty).not.toMatch(/NaN|undefined|Infinity/);
    expect(empty).toContain(surfaceColour(0.2));
  });
});

describe("the panels", () => {
  it("are five, each with its title and caption, whatever characters they hold", () => {
    expect(drawn.map((panel) => panel.querySelector("text.title")!.textContent)).toEqual(panels.map((p) => p.title));
    drawn.forEach((panel, n) => expect(panel.textContent).toContain(panels[n]!.caption));
  });

  it("have axes with titles, units and both sexes marked", () => {
    for (const panel of drawn) {
      expect(panel.querySelector("[aria-label='x-axis label']")!.textContent).toBe("age in years");
      expect(panel.querySelector("[aria-label='y-axis label']")!.textContent).toBe("sex");
      expect(panel.textContent).toContain("male 1");
      expect(panel.textContent).toContain("female 0");
    }
  });

  it("do not overlap each other or leave the page", () => {
    const [width, height] = [Number(root.getAttribute("width")), Number(root.getAttribute("height"))];
    const corners = [...drawn, root.querySelector("g.legend")!].map((cell) =>
      cell
        .getAttribute("transform")!
        .match(/[\d.]+/g)!
        .map(Number),
    );
    corners.forEach(([x, y], n) => {
      expect(x! + 420).toBeLessThan(width);
      expect(y! + 420).toBeLessThan(height);
      for (const [otherX, otherY] of corners.slice(n + 1)) {
        expect(Math.abs(otherX! - x!) > 420 || Math.abs(otherY! - y!) > 420).toBe(true);
      }
    });
  });

  it("show every passenger once, filled for survived and hollow for died", () => {
    for (const panel of drawn) {
      expect(panel.querySelectorAll("g.survived circle")).toHaveLength(290);
      expect(panel.querySelectorAll("g.died circle")).toHaveLength(424);
      expect(panel.querySelector("g.died")!.getAttribute("fill")).toBe("#ffffff");
      expect(panel.querySelector("g.survived")!.getAttribute("fill")).not.toBe("#ffffff");
    }
  });

  it("put each passenger at their age, outside the surface on the side of their sex, and no two on one spot", () => {
    const panel = drawn[0]!;
    const circles = [...panel.querySelectorAll("circle")].map(
      (circle) => [Number(circle.getAttribute("cx")), Number(circle.getAttribute("cy"))] as const,
    );
    const [, top] = place(panel, 0, 1);
    const [, bottom] = place(panel, 0, 0);
    const agesOf = (male: number) => passengers.filter((passenger) => passenger.male === male).map((p) => p.age);
    const xsOf = (ages: number[]) => ages.map((age) => place(panel, age, 0)[0]).sort((a, b) => a - b);
    const near = (xs: number[], ages: number[]) => {
      expect(xs).toHaveLength(ages.length);
      xs.sort((a, b) => a - b);
      xsOf(ages).forEach((x, n) => expect(xs[n]).toBeCloseTo(x, 1));
    };
    near(
      circles.filter(([, y]) => y < top).map(([x]) => x),
      agesOf(1),
    );
    near(
      circles.filter(([, y]) => y > bottom).map(([x]) => x),
      agesOf(0),
    );
    const distances = circles.flatMap(([x, y], n) =>
      circles.slice(n + 1).map(([otherX, otherY]) => Math.hypot(otherX - x, otherY - y)),
    );
    expect(distances.reduce((a, b) => Math.min(a, b))).toBeGreaterThan(3.5);
  });

  it("count the passengers of each sex", () => {
    expect(drawn[0]!.textContent).toContain("453 male, 93 survived");
    expect(drawn[0]!.textContent).toContain("261 female, 197 survived");
  });
});

describe("the surface", () => {
  it("has the colour of its value at every point that is not next to a step", () => {
    let checked = 0;
    drawn.forEach((panel, n) => {
      for (const age of [0.3, 2, 4, 6, 12, 31, 55, 79.7]) {
        for (const male of [0.02, 0.3, 0.7, 0.98]) {
          const { value } = panels[n]!;
          // A pixel is 0.23 years wide and 0.007 of male high.
          const around = [-0.3, 0, 0.3].flatMap((dx) => [-0.01, 0, 0.01].map((dy) => value(age + dx, male + dy)));
          if (new Set(around.map(surfaceColour)).size > 1) continue;
          expect(colourAt(panel, age, male), `${panels[n]!.title} at ${age}, ${male}`).toBe(
            surfaceColour(value(age, male)),
          );
          checked++;
        }
      }
    });
    expect(checked).toBeGreaterThan(80);
  });

  it("shows the jump at age 5 within half a year", () => {
    const value = panels[1]!.value;
    expect(colourAt(drawn[1]!, 4.7, 0.97)).toBe(surfaceColour(value(4.7, 0.97)));
    expect(colourAt(drawn[1]!, 5.3, 0.97)).toBe(surfaceColour(value(5.3, 0.97)));
    expect(surfaceColour(value(4.7, 0.97))).not.toBe(surfaceColour(value(5.3, 0.97)));
  });

  it("has its line at 0.5 where the model says, clipped to the surface", () => {
    for (const panel of drawn) {
      const line = panel.querySelector("g.half")!;
      expect(line.getAttribute("clip-path")).toBe("url(#titanic-surface)");
      expect(line.getAttribute("stroke")).not.toBe("none");
    }
    const d = drawn[3]!.querySelector("g.half path")!.getAttribute("d")!;
    const [, y] = place(drawn[3]!, 0, 0.5);
    const heights = d.match(/,[\d.]+/g)!.map((part) => Number(part.slice(1)));
    expect(Math.min(...heights.map((height) => Math.abs(height - y)))).toBeLessThan(0.2);
  });
});

describe("the colours", () => {
  it("are orange below 0.5 and blue above, equally far from the middle", () => {
    const blueness = (value: number) => {
      const [r, , b] = surfaceColour(value).match(/\d+/g)!.map(Number);
      return b! - r!;
    };
    for (const value of [0, 0.2, 0.4]) expect(blueness(value)).toBeLessThan(0);
    for (const value of [0.6, 0.8, 0.99]) expect(blueness(value)).toBeGreaterThan(0);
    expect(Math.abs(lightness(surfaceColour(0)) - lightness(surfaceColour(1)))).toBeLessThan(5);
  });

  it("get darker in even steps on either side of 0.5", () => {
    const shades = Array.from({ length: 20 }, (_, n) => lightness(surfaceColour((n + 0.5) / 20)));
    const steps = shades.slice(1).map((shade, n) => shade - shades[n]!);
    steps.slice(0, 9).forEach((step) => expect(step).toBeGreaterThan(3));
    steps.slice(10).forEach((step) => expect(step).toBeLessThan(-3));
    expect(Math.max(...steps) - Math.min(...steps.slice(0, 9))).toBeLessThan(3);
  });

  it("take values beyond 0 and 1 for their nearest", () => {
    expect(surfaceColour(-0.1)).toBe(surfaceColour(0));
    expect(surfaceColour(1)).toBe(surfaceColour(0.999));
    expect(surfaceColour(0.5)).toBe(surfaceColour(0.54));
  });
});

describe("the legend", () => {
  const legend = root.querySelector("g.legend")!;

  it("has the ramp of the surface with its numbers", () => {
    const steps = [...legend.querySelectorAll("g.ramp rect")].map((rect) => rect.getAttribute("fill"));
    expect(steps).toEqual(Array.from({ length: 20 }, (_, n) => surfaceColour((n + 0.5) / 20)));
    const texts = [...legend.querySelectorAll("text")].map((text) => text.textContent);
    expect(texts).toEqual(expect.arrayContaining(["0", "0.25", "0.5", "0.75", "1"]));
  });

  it("explains the line and the marks, and counts them", () => {
    expect(legend.textContent).toContain("0.5, where a prediction changes sides");
    expect(legend.textContent).toContain("survived (290)");
    expect(legend.textContent).toContain("died (424)");
    const [survived, died] = [...legend.querySelectorAll("circle")].map((circle) => circle.getAttribute("fill"));
    expect(survived).toBe(drawn[0]!.querySelector("g.survived")!.getAttribute("fill"));
    expect(died).toBe("#ffffff");
  });
});

/** Tags close in the order they opened, and every attribute is quoted and free of raw `<`, `>` and `&`. */
function wellFormed(xml: string): boolean {
  const open: string[] = [];
  const tag = /<(\/?)([A-Za-z]+)((?:\s+[\w:-]+="(?:[^"<>&]|&(?:\w+|#\d+);)*")*)\s*(\/?)>/g;
  for (const [, closing, name, , alone] of xml.matchAll(tag)) {
    if (closing === "/" && open.pop() !== name) return false;
    if (closing === "" && alone === "") open.push(name!);
  }
  return (
    open.length === 0 &&
    !xml
      .replace(tag, "")
      .replace(/&(?:\w+|#\d+);/g, "")
      .match(/[<>&]/)
  );
}
