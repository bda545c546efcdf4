/** The line below a drawing that explains colours, dashes and thickness. */
import { plain, textAt } from "../typeset/text.ts";
import type { Painter } from "../typeset/theme.ts";
import { round } from "../typeset/xml.ts";
import { arrowGroup, headPath, type Look, shaftPath } from "./arrows.ts";
import type { Box } from "./geometry.ts";
import type { Scene } from "./scene.ts";
import { FONT, labelSize } from "./sizes.ts";
import type { Colour } from "./theme.ts";

interface Entry {
  readonly name: string;
  /** Of the arrow that is the sample; of no sign where that is a wedge. */
  readonly look: Look;
  readonly isWedge?: boolean;
}

export interface Legend {
  readonly entries: readonly (Entry & { readonly box: Box })[];
}

/** Of the sample beside each name. */
const SAMPLE = 34;
const SAMPLE_GAP = 6;
const GAP = 20;

export function legendOf(scene: Scene, isWanted: boolean | undefined, left: number, top: number): Legend {
  let x = left;
  const entries = (isWanted === false ? [] : entriesOf(scene, isWanted === true)).map((entry) => {
    const { width: textWidth, height } = labelSize(plain(entry.name), FONT.legend);
    const width = SAMPLE + SAMPLE_GAP + textWidth;
    const box = { x: x + width / 2, y: top + height / 2, width, height };
    x += width + GAP;
    return { ...entry, box };
  });
  return { entries };
}

/** What the drawing has. */
function entriesOf({ arrows, circles }: Scene, isWanted: boolean): Entry[] {
  const numbers = arrows.filter(({ planned }) => planned.arrow.partial !== undefined);
  if (numbers.length === 0 && !isWanted) return [];
  const has = (sign: number, isSwept: boolean) =>
    numbers.some(({ planned }) => planned.sign === sign && planned.isSwept === isSwept && !planned.isFaded);
  const entries: Entry[] = [];
  if (has(1, false)) entries.push({ name: "positive partial", look: { ...PLAIN, sign: 1 } });
  if (has(-1, false)) entries.push({ name: "negative partial", look: { ...PLAIN, sign: -1 } });
  if (has(1, true) || has(0, true))
    entries.push({ name: "backward sweep, by steps", look: { ...PLAIN, isSwept: true } });
  if (has(-1, true)) entries.push({ name: "where partials are negative", look: { ...PLAIN, sign: -1, isSwept: true } });
  if (numbers.length > 0) entries.push({ name: "thicker: larger magnitude", look: PLAIN, isWedge: true });
  if (circles.some(({ planned }) => planned.circle.role === "fold"))
    entries.push({ name: "folded", look: { ...PLAIN, isFolded: true } });
  return entries;
}

const PLAIN: Look = { sign: 0, isSwept: false, isFolded: false, isFaded: false };

export function drawLegend({ entries }: Legend, painter: Painter<Colour>): string[] {
  return entries.flatMap(({ name, look, isWedge, box: { x, y, width } }) => {
    const left = x - width / 2;
    const sample = isWedge ? wedge(left, y) : shaftPath(look, 2, `M${round(left)} ${round(y)}h${SAMPLE}`);
    const paint = painter.paint({ fill: "muted" }, "muted");
    return [
      arrowGroup(look, painter, {}, sample),
      textAt(plain(name), left + SAMPLE + SAMPLE_GAP, y + FONT.legend * 0.33, FONT.legend, paint),
    ];
  });
}

/** From the thinnest arrow to the thickest. */
function wedge(left: number, y: number): string {
  return headPath(`M${round(left)} ${round(y - 0.55)}l${SAMPLE} -1.5v4.1l${-SAMPLE} -1.5Z`);
}
