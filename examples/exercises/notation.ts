/** Formulas as text and as TeX. The library writes both; this is for those that the exercises write themselves. */
import type { Derivative, Formula, FormulaCircle, Value } from "lanegrad/dataflow";

const texOfSign: Readonly<Record<string, string>> = {
  "−": "-",
  "·": "\\cdot ",
  "∂": "\\partial ",
  "∇": "\\nabla ",
  σ: "\\sigma ",
  Σ: "\\textstyle\\sum ",
  "≈": "\\approx ",
  "→": "\\to ",
  "≤": "\\le ",
  "×": "\\times ",
};

/** TeX of the notation that the library prints: `w_(1,2)^(1)` is w_{1,2}^{(1)}. Vectors are bold letters: 𝐱. */
export function texOfText(text: string): string {
  return text
    .replaceAll(/_\(([^()]*)\)/g, "_{$1}")
    .replaceAll(/\^\(([^()]*)\)/g, "^{($1)}")
    .replaceAll(/√(\w)|sqrt\(([^()]*)\)/g, (_, letter?: string, inner?: string) => `\\sqrt{${letter ?? inner}}`)
    .replaceAll(/\b(cos|sin|ln|exp)\b/g, "\\$1")
    .replaceAll(/\b(age|male)\b/g, "\\mathrm{$1}")
    .replaceAll(/[\u{1d41a}-\u{1d433}]/gu, (bold) => `\\mathbf{${bold.normalize("NFKC")}}`)
    .replaceAll(/\^T/g, "^\\top")
    .replaceAll(/[−·∂∇σΣ→≤×≈]/g, (sign) => texOfSign[sign]!);
}

/** The paths with what stands on their arrows, and the sum. */
export function texOfPaths({ by, paths, sum, value }: Derivative): string {
  const output = nameOf(paths[0]!.circles.at(-1)!);
  const derivative = by.label[0]!.bold
    ? `\\nabla_{${nameOf(by)}}\\, ${output}`
    : `\\frac{\\partial ${output}}{\\partial ${nameOf(by)}}`;
  const lines = paths.map(({ circles, factors, product, value: own }) => {
    const along = factors.map(factorOf).join(" \\cdot ");
    return `&{\\small ${circles.map(nameOf).join(" \\to ")}} \\\\[2pt]\n&\\quad ${along} = ${withValue(product, own)}`;
  });
  const rows = [...lines, `&${derivative} = ${withValue(sum, value)}`];
  return `\\begin{aligned}\n${rows.join(" \\\\[10pt]\n")}\n\\end{aligned}`;
}

/** The name of a circle, or its formula where it has none. */
function nameOf({ label, formula }: FormulaCircle): string {
  const [name, sign] = label;
  if (sign?.text.trim() !== "=") return formula.tex;
  return name!.sub ? `${name!.text}_{${name!.sub.map(({ text }) => text).join("")}}` : name!.text;
}

/** In parentheses where it has a sign. */
function factorOf({ text, tex }: Formula): string {
  return /^-|^[^(]* [+-] /.test(text) ? `\\left(${tex}\\right)` : tex;
}

function withValue({ tex }: Formula, value: Value | undefined): string {
  if (value === undefined) return tex;
  const numbers = typeof value === "number" ? [value] : Array.from(value);
  const texts = numbers.map((number) => String(Number(number.toPrecision(4))));
  if (texts.length === 1 && texts[0] === tex) return tex;
  return `${tex} = ${typeof value === "number" ? texts[0] : `\\left[${texts.join(", ")}\\right]`}`;
}
