/**
 * The names of circles and arrows as typeset text: runs of characters with subscripts and superscripts. A label can be
 * written as plain text and as TeX here; drawings set it in their own ways.
 */

/** A piece of a label: letters of variables in italics, with what stands below and above behind them. */
export interface Run {
  readonly text: string;
  /** Variables are italic; numbers, functions and signs are not. Default false. */
  readonly italic?: boolean;
  /** Vectors are bold. Default false. */
  readonly bold?: boolean;
  readonly sub?: Label;
  readonly sup?: Label;
}

export type Label = readonly Run[];

/** A label of plain upright text. */
export function upright(text: string): Label {
  return [{ text }];
}

/** A variable: its letter in italics, with subscript and superscript: `variable("x", "1", "(2)")` is x_1^(2). */
export function variable(letter: string, sub?: string, sup?: string): Label {
  return [
    {
      text: letter,
      italic: true,
      ...(sub !== undefined && { sub: upright(sub) }),
      ...(sup !== undefined && { sup: upright(sup) }),
    },
  ];
}

/** As one line of plain text: x_1^(2), w_(1,2)^(1), x^2 y. */
export function toText(label: Label): string {
  return label.map(({ text, sub, sup }) => text + script("_", sub) + script("^", sup)).join("");
}

function script(sign: string, label: Label | undefined): string {
  if (label === undefined) return "";
  const text = toText(label);
  return sign + ([...text].length === 1 || /^\d+$/.test(text) || isEnclosed(text) ? text : `(${text})`);
}

/** Whether parentheses surround all of it, as in (2), but not in (a)(b). */
function isEnclosed(text: string): boolean {
  return /^\([^()]*\)$/.test(text);
}

const texOfCharacter: Readonly<Record<string, string>> = {
  "−": "-",
  "·": " \\cdot ",
  "∂": "\\partial ",
  "∇": "\\nabla ",
  σ: "\\sigma ",
  Σ: "\\sum ",
  "√": "\\surd ",
  "…": "\\ldots ",
  "′": "'",
  "∞": "\\infty ",
  "≈": "\\approx ",
  "×": "\\times ",
  "{": "\\{",
  "}": "\\}",
  "%": "\\%",
  "#": "\\#",
  "&": "\\&",
  $: "\\$",
  _: "\\_",
};

/** As TeX, for a typesetter. */
export function toTex(label: Label): string {
  return label
    .map(({ text, italic, bold, sub, sup }) => {
      const escaped = [...text]
        .map((character) => texOfCharacter[character] ?? character)
        .join("")
        .replaceAll(/(\d)e(-?\d+)/g, "$1 \\cdot 10^{$2}");
      const isWord = /^[A-Za-z]{2,}/.test(text);
      const base = bold ? `\\mathbf{${escaped}}` : isWord && !italic ? `\\mathrm{${escaped}}` : escaped;
      return base + (sub ? `_{${toTex(sub)}}` : "") + (sup ? `^{${toTex(sup)}}` : "");
    })
    .join("");
}

/** A number for people: so many significant digits, a true minus sign, small and large ones with a power of ten. */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "∞").replace("-", "−");
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  const isPlain = magnitude >= 1e-3 && magnitude < 1e6;
  // Through Number, so that no zeros trail: 0.5, not 0.5000.
  const rounded = Number(value.toPrecision(digits));
  const text = isPlain ? String(rounded) : rounded.toExponential();
  return text.replace("e+", "e").replaceAll("-", "−");
}

/** A number, or a vector as its first elements: [0.5, −1, …]. */
export function formatValue(value: number | ArrayLike<number>): string {
  if (typeof value === "number") return formatNumber(value);
  const shown = Array.from({ length: Math.min(value.length, 3) }, (_, i) => formatNumber(value[i]!));
  if (value.length > 3) shown.push("…");
  return `[${shown.join(", ")}]`;
}
