import { describe, expect, it } from "vitest";
import { onnxModel } from "../../bench/contenders/onnx-model.ts";
import { drawProblem } from "../../bench/problem.ts";

/** A message in protobuf's wire format as fields: numbers, or bytes, in order. */
function fields(bytes: Uint8Array): [field: number, value: number | Uint8Array][] {
  const found: [number, number | Uint8Array][] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let weight = 1; ; weight *= 0x80) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if ((tag & 7) === 0) found.push([tag >> 3, value]);
    else {
      found.push([tag >> 3, bytes.subarray(at, at + value)]);
      at += value;
    }
  }
  return found;
}

function all(bytes: Uint8Array, field: number): Uint8Array[] {
  return fields(bytes).flatMap(([number, value]) => (number === field ? [value as Uint8Array] : []));
}

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe("onnxModel", () => {
  const problem = drawProblem({ name: "some", widths: [3, 300, 2], batch: 5 });
  const [graph] = all(onnxModel(problem), 7) as [Uint8Array];

  it("chains Gemm, Sigmoid, Gemm, Softmax from x to y", () => {
    const nodes = all(graph, 1).map((node) => ({
      kind: text(all(node, 4)[0]),
      inputs: all(node, 1).map(text),
      output: text(all(node, 2)[0]),
    }));
    expect(nodes).toEqual([
      { kind: "Gemm", inputs: ["x", "w0", "b0"], output: "s0" },
      { kind: "Sigmoid", inputs: ["s0"], output: "x1" },
      { kind: "Gemm", inputs: ["x1", "w1", "b1"], output: "s1" },
      { kind: "Softmax", inputs: ["s1"], output: "y" },
    ]);
  });

  it("holds every parameter as it is, with its shape", () => {
    const tensors = all(graph, 5).map((tensor) => ({
      name: text(all(tensor, 8)[0]),
      shape: fields(tensor).flatMap(([field, value]) => (field === 1 ? [value] : [])),
      values: [...new Float32Array(all(tensor, 9)[0]!.slice().buffer)],
    }));
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ["w0", [300, 3]],
      ["b0", [300]],
      ["w1", [2, 300]],
      ["b1", [2]],
    ]);
    expect(tensors.flatMap(({ values }) => values)).toEqual([...problem.parameters]);
  });

  it("ends in a sigmoid where there is one output", () => {
    const [binary] = all(onnxModel(drawProblem({ name: "xor", widths: [2, 2, 1], batch: 4 })), 7) as [Uint8Array];
    expect(all(binary, 1).map((node) => text(all(node, 4)[0]))).toEqual(["Gemm", "Sigmoid", "Gemm", "Sigmoid"]);
  });
});
