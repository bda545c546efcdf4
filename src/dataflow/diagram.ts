/** A graph that can be drawn. */
import { toDot } from "./draw/dot.ts";
import { toMermaid } from "./draw/mermaid.ts";
import type { DrawOptions } from "./draw/options.ts";
import { toSvg } from "./draw/svg.ts";
import { type Arrow, type Circle, Graph } from "./graph.ts";

/** Circles and arrows in an order in which every arrow goes from an earlier circle to a later one. */
export class Diagram<C extends Circle = Circle, A extends Arrow = Arrow> extends Graph<C, A> {
  /**
   * The diagram as a self-contained SVG picture.
   * @throws InvalidInputError for options that are unknown or wrong, and for a formula of more than 400 circles, or with arrows
   *   over more than 3,000 layers in all.
   */
  toSvg(options: DrawOptions = {}): string {
    return toSvg(this, options);
  }

  /**
   * The diagram in Graphviz's language.
   * @throws InvalidInputError for options that are unknown or wrong.
   */
  toDot(options: DrawOptions = {}): string {
    return toDot(this, options);
  }

  /**
   * The diagram in Mermaid's language.
   * @throws InvalidInputError for options that are unknown or wrong.
   */
  toMermaid(options: DrawOptions = {}): string {
    return toMermaid(this, options);
  }
}
