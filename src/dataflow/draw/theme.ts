/** The colours of diagrams. Blue and orange are told apart by every kind of eye. */
import { type Colours, common } from "../typeset/theme.ts";

export const colours = {
  ...common,
  positive: ["#0b5cad", "#6cb4ff"],
  negative: ["#b04a00", "#ffa657"],
  /** The backward sweep. */
  backward: ["#8a1f8f", "#e894ea"],
  // Of circles, by their roles; all others are as the background.
  input: ["#eef4fb", "#1b2a3d"],
  parameter: ["#f1f5e8", "#252d1a"],
  constant: ["#e6e8eb", "#2c3138"],
  output: ["#fbf3e4", "#352b18"],
} as const satisfies Colours;

export type Colour = keyof typeof colours;
export type Palette = Readonly<Record<Colour, string>>;
