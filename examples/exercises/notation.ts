/** Formulas as text and as TeX. The library writes both; this is for those that the exercises write themselves. */

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
