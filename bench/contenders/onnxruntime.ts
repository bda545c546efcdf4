/** ONNX Runtime, native or in WebAssembly, on one thread: inference only. */
import type { Contender, Entry } from "../contender.ts";
import { INPUT, onnxModel, OUTPUT } from "./onnx-model.ts";
import { loadPeer, peerVersion } from "./peer.ts";

interface OnnxTensor {
  readonly data: Float32Array;
}

interface Onnxruntime {
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly Tensor: new (type: "float32", data: Float32Array, dimensions: readonly number[]) => OnnxTensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<{ run(feeds: object): Promise<Record<string, OnnxTensor>> }>;
  };
}

export async function enter(options: Entry["options"]): Promise<Contender> {
  const name = options.package as string;
  const ort = await loadPeer<Onnxruntime>(name);
  if (ort.env.wasm) ort.env.wasm.numThreads = 1;
  return {
    version: `${await peerVersion(name)}, one thread`,
    async infer(problem) {
      const session = await ort.InferenceSession.create(onnxModel(problem), {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: "sequential",
      });
      const feeds = { [INPUT]: new ort.Tensor("float32", problem.inputs, [problem.batch, problem.shape.inputs]) };
      return { run: async () => (await session.run(feeds))[OUTPUT]!.data };
    },
  };
}
