/** What a picture of units is of: sections of panels, one section a layer, their axes, and the samples in all of them. */
import type { ActivationDescription } from "../../kinds/activations/index.ts";
import type { Axis } from "./axes.ts";
import type { Targets } from "./samples.ts";
import type { Point, Scale, Unit } from "./surface.ts";

export interface Panel {
  readonly unit: Unit;
  readonly caption?: string;
  /** Into the one unit of the next layer. */
  readonly weight?: number;
}

/** The units of a layer, or the first ones. */
export interface Section {
  /** As in the notes: the inputs are layer 1. */
  readonly k: number;
  readonly isOutput: boolean;
  /** How many units there are, shown or not, and what makes them: a layer without an activation has its own name. */
  readonly units: number;
  readonly activation: ActivationDescription | undefined;
  readonly kind: string;
  readonly scale: Scale;
  readonly panels: readonly Panel[];
  readonly grid: number;
}

export interface Picture {
  readonly title: string;
  readonly axes: { readonly x: Axis; readonly y: Axis };
  readonly sections: readonly Section[];
  readonly samples?: {
    /** Of every sample, undefined where it is outside. */
    readonly places: readonly (Point | undefined)[];
    /** For each output. */
    readonly targets: readonly Targets[];
  };
}

/** Something that takes room on the page, drawn from 0, 0 on. */
export interface Block {
  readonly markup: string;
  readonly height: number;
}
