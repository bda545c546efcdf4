/** How large circles and labels are. */
import type { Circle } from "../graph.ts";
import { extentOf, type Text, widthOf } from "../typeset/text.ts";
import type { Plan, PlannedCircle } from "./plan.ts";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** By how much gaps are widened. */
export interface Spacing {
  readonly across: number;
  readonly down: number;
}

/** Font sizes. */
export const FONT = { label: 15, value: 11.5, partial: 12, derivative: 12, caption: 13.5, title: 16, legend: 11.5 };
/** Weights are drawn smaller than the units they serve. */
const SMALL = 0.8;
/** The diameter of a circle whose text is short. */
const DIAMETER = 54;
/** Between a text and the border of the circle it is in. */
const PADDING = 9;
/** The disc around a step's number. */
export const BADGE = 17;

export interface Inside {
  readonly text: Text;
  readonly size: number;
  /** Of the baseline, from the circle's middle. */
  readonly y: number;
}

export function isSmall(circle: Circle): boolean {
  return circle.role === "parameter" && circle.column !== undefined && !Number.isInteger(circle.column);
}

/** The lines of text in a circle: its name, and below it its value. */
export function insideOf({ circle, label, value }: PlannedCircle): Inside[] {
  const scale = isSmall(circle) ? SMALL : 1;
  const [nameSize, valueSize] = [FONT.label * scale, FONT.value * (isSmall(circle) ? 0.92 : 1)];
  if (value === undefined) {
    const { ascent, descent } = extentOf(label, nameSize);
    return [{ text: label, size: nameSize, y: (ascent - descent) / 2 }];
  }
  return [
    { text: label, size: nameSize, y: -2.5 * scale },
    { text: value, size: valueSize, y: 15 * scale },
  ];
}

function circleSize(planned: PlannedCircle): Size {
  const texts = insideOf(planned);
  const diameter = DIAMETER * (isSmall(planned.circle) ? SMALL * 0.9 : 1);
  const height = planned.circle.role === "fold" ? diameter * 0.6 : diameter;
  const width = Math.max(...texts.map(({ text, size }) => widthOf(text, size)));
  return { width: Math.max(diameter, width + 2 * PADDING), height };
}

export function labelSize(text: Text, size: number): Size {
  const { ascent, descent } = extentOf(text, size);
  return { width: widthOf(text, size) + 4, height: ascent + descent + 3 };
}

function derivativeSize(text: Text): Size {
  const { width, height } = labelSize(text, FONT.derivative);
  return { width: width + BADGE + 4, height: Math.max(height, BADGE + 1) };
}

/** Circles and labels of arrows and of the sweep, by the ids of circles and the places of arrows in the plan. */
export interface Sizes {
  readonly circles: ReadonlyMap<string, Size>;
  readonly partials: readonly (Size | undefined)[];
  readonly derivatives: ReadonlyMap<string, Size>;
}

export function sizesOf(plan: Plan): Sizes {
  return {
    circles: new Map(plan.circles.map((planned) => [planned.circle.id, circleSize(planned)])),
    partials: plan.arrows.map(({ text }) => text && labelSize(text, FONT.partial)),
    derivatives: new Map(
      plan.circles.flatMap(({ circle, derivative }) =>
        derivative ? [[circle.id, derivativeSize(derivative)] as const] : [],
      ),
    ),
  };
}
