/**
 * A perceptron as an ONNX file, written field by field in protobuf's wire format: Gemm, Sigmoid, Softmax. Numbers of fields
 * and values are those of onnx.proto. No more of ONNX than that.
 */
import { denseLayers, type Problem } from "../problem.ts";

export const INPUT = "x";
export const OUTPUT = "y";

const FLOAT = 1;
const INT_ATTRIBUTE = 2;
const IR_VERSION = 8;
const OPSET = 13;

const VARINT = 0;
const LENGTH_DELIMITED = 2;

export function onnxModel({ shape, parameters, batch }: Problem): Uint8Array {
  const layers = denseLayers(shape, parameters);
  const nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  let x = INPUT;
  layers.forEach(({ fanIn, fanOut, weights, biases }, k) => {
    const isLast = k === layers.length - 1;
    const activation = isLast && shape.outputs > 1 ? "Softmax" : "Sigmoid";
    const next = isLast ? OUTPUT : `x${k + 1}`;
    initializers.push(tensor(`w${k}`, [fanOut, fanIn], weights), tensor(`b${k}`, [fanOut], biases));
    nodes.push(node("Gemm", [x, `w${k}`, `b${k}`], `s${k}`, ["transB"]), node(activation, [`s${k}`], next));
    x = next;
  });
  const graph = [
    ...nodes.map((part) => message(1, part)),
    text(2, "perceptron"),
    ...initializers.map((part) => message(5, part)),
    message(11, valueInfo(INPUT, [batch, shape.inputs])),
    message(12, valueInfo(OUTPUT, [batch, shape.outputs])),
  ];
  return join([number(1, IR_VERSION), message(7, join(graph)), message(8, join([text(1, ""), number(2, OPSET)]))]);
}

/** NodeProto; `flags` are attributes that are 1. */
function node(kind: string, inputs: readonly string[], output: string, flags: readonly string[] = []): Uint8Array {
  const attribute = (name: string) => join([text(1, name), number(3, 1), number(20, INT_ATTRIBUTE)]);
  return join([
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, kind),
    ...flags.map((name) => message(5, attribute(name))),
  ]);
}

/** TensorProto */
function tensor(name: string, dimensions: readonly number[], values: Float32Array): Uint8Array {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return join([...dimensions.map((size) => number(1, size)), number(2, FLOAT), text(8, name), message(9, raw)]);
}

/** ValueInfoProto of a float tensor. */
function valueInfo(name: string, dimensions: readonly number[]): Uint8Array {
  const shape = join(dimensions.map((size) => message(1, number(1, size))));
  return join([text(1, name), message(2, message(1, join([number(1, FLOAT), message(2, shape)])))]);
}

function number(field: number, value: number): Uint8Array {
  return Uint8Array.from([...varint((field << 3) | VARINT), ...varint(value)]);
}

function text(field: number, value: string): Uint8Array {
  return message(field, new TextEncoder().encode(value));
}

/** Anything of a length: a message, a string, bytes. */
function message(field: number, content: Uint8Array): Uint8Array {
  return join([Uint8Array.from([...varint((field << 3) | LENGTH_DELIMITED), ...varint(content.length)]), content]);
}

/** Seven bits a byte, the lowest first; the eighth says that there are more. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
