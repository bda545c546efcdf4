/** The colours of planes: surfaces, lines and marks. Orange and blue are what no kind of colour blindness confuses. */
import { type Colours, common } from "../typeset/theme.ts";

/** How many colours a surface has. */
const STEPS = 20;

const ends = {
  diverging: [
    ["#d07a2e", "#f8f5ef", "#4a92c8"],
    ["#b0601f", "#20252c", "#2b78b3"],
  ],
  sequential: [
    ["#f8f5ef", "#a5c6dc", "#4a92c8"],
    ["#20252c", "#264d6d", "#2b78b3"],
  ],
} as const;

type Kind = keyof typeof ends;

export const colours: Colours = {
  ...common,
  edge: ["#8c959f", "#6e7681"],
  line: ["#111418", "#ffffff"],
  mark0: ["#8f3d00", "#ffc08a"],
  mark1: ["#0a3d66", "#cfe8fb"],
  mark2: ["#00573a", "#8ff0c4"],
  mark3: ["#6b1f6f", "#f3b6f0"],
  mark4: ["#24292f", "#f6f8fa"],
  mark5: ["#7a5c00", "#f5e08a"],
  ...surface("diverging"),
  ...surface("sequential"),
};

function surface(kind: Kind): Colours {
  const [light, dark] = ends[kind];
  const steps = Array.from({ length: STEPS }, (_, n) => {
    const share = (n + 0.5) / STEPS;
    return [`${kind}${n}`, [between(light, share), between(dark, share)]] as const;
  });
  return Object.fromEntries(steps);
}

/** The colour at a share from 0 to 1 of the way along three stops. */
function between(stops: readonly [string, string, string], share: number): string {
  const [from, to, t] = share < 0.5 ? [stops[0], stops[1], 2 * share] : ([stops[1], stops[2], 2 * share - 1] as const);
  const channel = (hex: string, n: number) => Number.parseInt(hex.slice(1 + 2 * n, 3 + 2 * n), 16);
  const mixed = [0, 1, 2].map((n) => Math.round(channel(from, n) + t * (channel(to, n) - channel(from, n))));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** The name of the colour at a share from 0 to 1 of a scale. */
export function surfaceColour(kind: Kind, share: number): string {
  return `${kind}${Math.min(Math.max(Math.floor(share * STEPS + 1e-9), 0), STEPS - 1)}`;
}
