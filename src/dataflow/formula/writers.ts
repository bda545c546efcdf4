/** The notations of formulas: plain text, which `dataflow` reads back; labels for drawings; and TeX. */
import type { Label, Run } from "../label.ts";
import { functions } from "./functions.ts";
import { HOLD, powerOf, whole, type Writer } from "./printer.ts";

// Plain text.

export const text: Writer<string> = {
  join: (pieces) => pieces.join(""),
  sign: (sign) => (sign === "times" ? "*" : sign),
  number: String,
  constant: (name) => name,
  variable: (name) => name,
  parentheses: (inner) => `(${inner})`,
  power: (base, exponent) => `${base}^${whole(text, exponent)}`,
  hasBar: false,
  fraction: (above, below) => `${above}/${below}`,
  call: (name, of) => `${name}(${of})`,
  layouts: {
    power: (base, exponent) => powerOf(text, base, exponent),
    exponential: (exponent) => ({ out: text.power("e", exponent), hold: HOLD.power }),
  },
};

// Labels.

const typesetConstants: Readonly<Record<string, string>> = { pi: "π" };
const typesetSigns: Readonly<Record<string, string>> = { "-": "−", " - ": " − ", times: " · " };

export const label: Writer<Label> = {
  join: (pieces) => pieces.flat(),
  sign: (sign) => [{ text: typesetSigns[sign] ?? sign }],
  number: (value) => [{ text: shortest(value).replaceAll("-", "−") }],
  constant: (name) => [{ text: typesetConstants[name] ?? name }],
  variable: (name, isVector) => [letter(name, isVector)],
  parentheses: (inner) => [{ text: "(" }, ...inner, { text: ")" }],
  power: (base, { out }) => [...base.slice(0, -1), { ...base.at(-1)!, sup: out }],
  hasBar: false,
  fraction: (above, below) => [...above, { text: "/" }, ...below],
  call: (name, of) => [{ text: `${functions[name]!.symbol ?? name}(` }, ...of, { text: ")" }],
  layouts: {
    power: (base, exponent) => powerOf(label, base, exponent),
    exponential: (exponent) => ({ out: [{ text: "e", sup: exponent.out }], hold: HOLD.power }),
    root: (of) => ({ out: [{ text: "√" }, ...whole(label, of)], hold: HOLD.power }),
    bars: ({ out }) => ({ out: [{ text: "|" }, ...out, { text: "|" }], hold: HOLD.whole }),
    doubleBars: ({ out }) => ({ out: [{ text: "‖" }, ...out, { text: "‖" }], hold: HOLD.whole }),
    transposed: (u, v) => ({
      out: [...label.power(u.out, { out: [{ text: "T" }], hold: HOLD.whole }), { text: " " }, ...v.out],
      hold: HOLD.product,
    }),
  },
};

/** Twelve digits hide what rounding left, as in 1.1 - 1. */
function shortest(value: number): string {
  return String(Number(value.toPrecision(12)));
}

/** x_1_2 is x with the subscript 1,2. */
function letter(name: string, bold: boolean): Run {
  const [base, ...indices] = name.split("_").filter((part) => part !== "");
  return {
    text: Object.hasOwn(greek, base!) ? greek[base!]! : base!,
    italic: !bold,
    ...(bold && { bold }),
    ...(indices.length > 0 && { sub: [{ text: indices.join(",") }] }),
  };
}

const greek: Readonly<Record<string, string>> = {
  alpha: "α",
  beta: "β",
  gamma: "γ",
  delta: "δ",
  epsilon: "ε",
  zeta: "ζ",
  eta: "η",
  theta: "θ",
  kappa: "κ",
  lambda: "λ",
  mu: "μ",
  nu: "ν",
  xi: "ξ",
  rho: "ρ",
  sigma: "σ",
  tau: "τ",
  phi: "φ",
  chi: "χ",
  psi: "ψ",
  omega: "ω",
};

// TeX.

const texSigns: Readonly<Record<string, string>> = { " ": " \\, ", times: " \\cdot ", "…": "\\ldots" };

export const tex: Writer<string> = {
  join: (pieces) => pieces.join(""),
  sign: (sign) => texSigns[sign] ?? sign,
  number: (value) => shortest(value).replace(/e\+?(-?\d+)/, " \\cdot 10^{$1}"),
  constant: (name) => (name === "pi" ? "\\pi" : name),
  variable: (name, isVector) => texLetter(name, isVector),
  parentheses: (inner) => `\\left(${inner}\\right)`,
  power: (base, { out }) => `${base}^{${out}}`,
  hasBar: true,
  fraction: (above, below) => `\\frac{${above}}{${below}}`,
  call: (name, of) => `${functions[name]!.tex ?? `\\operatorname{${name}}`}\\left(${of}\\right)`,
  layouts: {
    power: (base, exponent) => powerOf(tex, base, exponent),
    exponential: ({ out }) => ({ out: `e^{${out}}`, hold: HOLD.power }),
    root: ({ out }) => ({ out: `\\sqrt{${out}}`, hold: HOLD.whole }),
    bars: ({ out }) => ({ out: `\\left|${out}\\right|`, hold: HOLD.whole }),
    doubleBars: ({ out }) => ({ out: `\\left\\|${out}\\right\\|`, hold: HOLD.whole }),
    transposed: (u, v) => ({ out: `${u.out}^\\top ${v.out}`, hold: HOLD.product }),
  },
};

function texLetter(name: string, bold: boolean): string {
  const [base, ...indices] = name.split("_").filter((part) => part !== "");
  const plain = Object.hasOwn(greek, base!) ? `\\${base}` : [...base!].length > 1 ? `\\mathit{${base}}` : base!;
  const index = indices.length > 0 ? `_{${indices.map((part) => texIndex(part)).join(",")}}` : "";
  return (bold ? `\\mathbf{${plain}}` : plain) + index;
}

function texIndex(part: string): string {
  return [...part].length > 1 && /\p{L}/u.test(part) ? `\\mathrm{${part}}` : part;
}
