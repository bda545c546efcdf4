/** The line below a drawing that explains colours, dashes and thickness. */
import type { Box } from "./geometry.ts";
import type { Scene } from "./scene.ts";
import { FONT, labelSize } from "./sizes.ts";
import { plain, short, tspans } from "./text.ts";

interface Entry {
  readonly name: string;
  /** Of the arrow that is the sample; a wedge if it has none. */
  readonly classes: string | undefined;
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
  if (has(1, false)) entries.push({ name: "positive partial", classes: "positive" });
  if (has(-1, false)) entries.push({ name: "negative partial", classes: "negative" });
  if (has(1, true) || has(0, true)) entries.push({ name: "backward sweep, by steps", classes: "swept" });
  if (has(-1, true)) entries.push({ name: "where partials are negative", classes: "negative swept" });
  entries.push({ name: "thicker: larger magnitude", classes: undefined });
  if (circles.some(({ planned }) => planned.circle.role === "fold"))
    entries.push({ name: "folded", classes: "folded" });
  return entries;
}

export function legendSvg({ entries }: Legend): string[] {
  return entries.flatMap(({ name, classes, box }) => {
    const left = box.x - box.width / 2;
    const [x, y] = [left + SAMPLE + SAMPLE_GAP, box.y + FONT.legend * 0.33];
    return [
      classes === undefined ? wedge(left, box.y) : line(left, box.y, classes),
      `<text class="muted" x="${short(x)}" y="${short(y)}">${tspans(plain(name), FONT.legend)}</text>`,
    ];
  });
}

function line(x: number, y: number, classes: string): string {
  const path = `M${short(x)} ${short(y)}H${short(x + SAMPLE)}`;
  return `<g class="arrow ${classes}"><path class="shaft" stroke-width="2" d="${path}"/></g>`;
}

/** From the thinnest arrow to the thickest. */
function wedge(x: number, y: number): string {
  const right = short(x + SAMPLE);
  const path = `M${short(x)} ${short(y - 0.55)}L${right} ${short(y - 2.05)}V${short(y + 2.05)}L${short(x)} ${short(y + 0.55)}Z`;
  return `<g class="arrow"><path class="head" d="${path}"/></g>`;
}
