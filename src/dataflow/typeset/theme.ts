/** Colours by name in two themes, and the fonts of pictures. Pictures add rows to the table: colours of their own. */
import { lookUp } from "../../ground/errors.ts";
import { element } from "./xml.ts";

/** "auto" follows the reader's system where a picture can do so. On paper all are light. */
export type Theme = "light" | "dark" | "auto";

export type Colours<Name extends string = string> = Readonly<Record<Name, readonly [light: string, dark: string]>>;

/** Text has a contrast of at least 4.5 on whatever it stands. */
export const common = {
  background: ["#ffffff", "#0d1117"],
  ink: ["#1f2328", "#f0f3f6"],
  /** Of less importance: ticks, notes, constants, folds. */
  muted: ["#57606a", "#9ea7b3"],
} as const satisfies Colours;

// Text faces, not math faces: these have no italics of their own.
export const MATHS =
  "'STIX Two Text','Latin Modern Roman',Cambria,'Times New Roman',Times,'Liberation Serif','DejaVu Serif',serif";
export const SANS = "'Helvetica Neue',Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif";

const themes: Readonly<Record<Theme, Theme>> = { light: "light", dark: "dark", auto: "auto" };

/** @throws InvalidInputError naming the themes there are. */
export function checkTheme(where: string, theme: unknown = "auto"): Theme {
  return lookUp(`${where}: theme`, "a theme", theme, themes);
}

/** The colours of what cannot follow the reader's system. */
export function paletteOf<Name extends string>(colours: Colours<Name>, theme: Theme): Readonly<Record<Name, string>> {
  const shade = theme === "dark" ? 1 : 0;
  const names = Object.keys(colours) as Name[];
  return Object.fromEntries(names.map((name) => [name, colours[name][shade]])) as Record<Name, string>;
}

/**
 * The theme that needs no question stands in attributes, which every renderer reads; the other one in a style sheet, behind
 * its question.
 */
export class Painter<Name extends string = string> {
  readonly #theme: Theme;
  readonly #colours: Colours<Name>;
  readonly #palette: Readonly<Record<Name, string>>;
  readonly #used = new Map<string, readonly [property: string, name: Name]>();

  constructor(theme: Theme, colours: Colours<Name>) {
    this.#theme = theme;
    this.#colours = colours;
    this.#palette = paletteOf(colours, theme);
  }

  /** The attributes of what is filled or stroked in colours by name, and belongs to classes of its own. */
  paint(names: { readonly fill?: Name; readonly stroke?: Name }, className?: string): Record<string, string> {
    const classes = className === undefined ? [] : [className];
    const attributes: Record<string, string> = {};
    for (const [property, name] of Object.entries(names)) {
      attributes[property] = this.#palette[name];
      if (this.#theme === "light") continue;
      // With the theme in it, so that pictures on one page do not reach each other; not by a class around them, which
      // browsers do not see from inside of <use>.
      const own = `lanegrad-${this.#theme}-${property}-${name}`;
      this.#used.set(own, [property, name]);
      classes.push(own);
    }
    return classes.length > 0 ? { class: classes.join(" "), ...attributes } : attributes;
  }

  /** Of all that has been painted; "" for the light theme. */
  styleSheet(): string {
    if (this.#theme === "light") return "";
    const [question, other] =
      this.#theme === "dark" ? ["print", 0 as const] : ["screen and (prefers-color-scheme:dark)", 1 as const];
    const rules = [...this.#used]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([own, [property, name]]) => `.${own}{${property}:${this.#colours[name][other]}}`);
    return element("style", {}, `@media ${question}{${rules.join("")}}`);
  }
}
