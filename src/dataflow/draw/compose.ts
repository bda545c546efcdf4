/** A whole drawing: the diagram, what is written above and below it, and its edges. */
import type { Graph } from "../graph.ts";
import { words } from "../typeset/text.ts";
import { type Bounds, boundsOf, boxOf } from "./geometry.ts";
import { type Legend, legendOf } from "./legend.ts";
import type { CheckedOptions } from "./options.ts";
import { type Line, paragraph } from "./paragraph.ts";
import { planOf } from "./plan.ts";
import { layOut, type Scene } from "./scene.ts";
import { FONT } from "./sizes.ts";

export interface Drawing {
  readonly scene: Scene;
  readonly title: readonly Line[];
  readonly captions: readonly Line[];
  readonly legend: Legend;
  readonly edges: Bounds;
}

const MARGIN = 18;
/** Between the diagram and lines of text. */
const GAP = 20;
/** Captions may make a small drawing this wide. */
const CAPTION_WIDTH = 560;

export function compose(graph: Graph, options: CheckedOptions): Drawing {
  const plan = planOf(graph, options);
  const scene = layOut(plan);
  const { left, top, right, bottom } = scene.bounds;
  const width = Math.max(right - left, CAPTION_WIDTH);
  const title = titleAbove(options.title, left, top - GAP, width);
  const captions = paragraph(plan.captions, FONT.caption, left, bottom + GAP, width);
  const foot = captions.length === 0 ? bottom : boundsOf(captions.map(({ box }) => box)).bottom;
  const legend = legendOf(scene, options.legend, left, foot + GAP);
  const texts = [...title, ...captions, ...legend.entries].map(({ box }) => box);
  return { scene, title, captions, legend, edges: widened(boundsOf([boxOf(scene.bounds), ...texts])) };
}

function titleAbove(title: string | undefined, left: number, bottom: number, width: number): Line[] {
  if (title === undefined) return [];
  const lines = paragraph([words(title)], FONT.title, left, 0, width);
  const height = boundsOf(lines.map(({ box }) => box)).bottom;
  return lines.map(({ text, box }) => ({ text, box: { ...box, y: box.y + bottom - height } }));
}

function widened({ left, top, right, bottom }: Bounds): Bounds {
  return {
    left: Math.floor(left - MARGIN),
    top: Math.floor(top - MARGIN),
    right: Math.ceil(right + MARGIN),
    bottom: Math.ceil(bottom + MARGIN),
  };
}
