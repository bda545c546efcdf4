/** MNIST, all 70,000 images, as its files lie in npm's package; and the recipe by which all contenders learn it. */
import { readFile } from "node:fs/promises";
import { Random } from "../src/ground/random.ts";

/** The paths of the four files: uncompressed IDX, as LeCun published them. */
export interface Mnist {
  readonly trainImages: string;
  readonly trainLabels: string;
  readonly testImages: string;
  readonly testLabels: string;
}

/** A 784-128-10 network of sigmoid units, softmax and cross-entropy; Glorot's uniform, biases 0; pixels in [0, 1]. */
export interface Recipe {
  readonly hidden: number;
  readonly batch: number;
  /** Of Adam, whose other numbers are 0.9, 0.999 and 1e-8. */
  readonly learningRate: number;
  /** Of the initialization and of the shuffling, which is done anew for every epoch: as lanegrad does both. */
  readonly seed: number;
  /** The same as files, for those that cannot draw them themselves: float32 parameters, and uint32 rows of every epoch. */
  readonly parameters: string;
  readonly orders: string;
}

export const PIXELS = 784;
export const CLASSES = 10;
export const recipe = { hidden: 128, batch: 100, learningRate: 0.003 } as const;
/** The most epochs: by then, all are far beyond the targets. */
export const EPOCHS = 20;
export const TRAIN_COUNT = 60_000;
/** Shares of the 10,000 test images. */
export const accuracyTargets = [0.97, 0.975] as const;

const IMAGES_HEADER = 16;
const LABELS_HEADER = 8;

export function mnistFiles(folder: string): Mnist {
  const file = (name: string) => `${folder}/${name}-ubyte`;
  return {
    trainImages: file("train-images-idx3"),
    trainLabels: file("train-labels-idx1"),
    testImages: file("t10k-images-idx3"),
    testLabels: file("t10k-labels-idx1"),
  };
}

/** [count, 784], row-major, in [0, 1]. */
export async function readImages(file: string): Promise<Float32Array> {
  const bytes = (await readFile(file)).subarray(IMAGES_HEADER);
  const images = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) images[i] = bytes[i]! / 255;
  return images;
}

export async function readLabels(file: string): Promise<Uint8Array> {
  return (await readFile(file)).subarray(LABELS_HEADER);
}

/** Mini-batches of shuffled rows in arrays that are filled anew for each: for libraries that have no such thing. */
export class Batches {
  readonly count: number;
  /** [batch, 784] */
  readonly inputs: Float32Array;
  /** [batch, 10], one of them 1. */
  readonly targets: Float32Array;
  readonly #images: Float32Array;
  readonly #labels: Uint8Array;
  readonly #order: Uint32Array;
  readonly #random: Random;

  static async read({ trainImages, trainLabels }: Mnist, { batch, seed }: Recipe): Promise<Batches> {
    return new Batches(await readImages(trainImages), await readLabels(trainLabels), batch, seed);
  }

  private constructor(images: Float32Array, labels: Uint8Array, batch: number, seed: number) {
    // The recipe has no incomplete last batch.
    this.count = Math.floor(labels.length / batch);
    this.inputs = new Float32Array(batch * PIXELS);
    this.targets = new Float32Array(batch * CLASSES);
    this.#images = images;
    this.#labels = labels;
    this.#order = Uint32Array.from(labels, (_, i) => i);
    this.#random = new Random(seed);
  }

  shuffle(): void {
    this.#random.shuffle(this.#order);
  }

  /** Fills `inputs` and `targets` with batch `b`. */
  fill(b: number): void {
    const rows = this.targets.length / CLASSES;
    this.targets.fill(0);
    for (let i = 0; i < rows; i++) {
      const row = this.#order[b * rows + i]!;
      this.inputs.set(this.#images.subarray(row * PIXELS, (row + 1) * PIXELS), i * PIXELS);
      this.targets[i * CLASSES + this.#labels[row]!] = 1;
    }
  }
}

/** The share of rows whose largest output is that of their label. */
export function accuracyOf(outputs: ArrayLike<number>, labels: Uint8Array): number {
  let right = 0;
  for (let row = 0; row < labels.length; row++) {
    let best = 0;
    for (let c = 1; c < CLASSES; c++) {
      if (outputs[row * CLASSES + c]! > outputs[row * CLASSES + best]!) best = c;
    }
    if (best === labels[row]) right++;
  }
  return right / labels.length;
}
