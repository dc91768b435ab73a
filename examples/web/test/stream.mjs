// Streams a sound through a model in node, as the page's worker does, and prints the output's place and length as JSON.
//
// node test/stream.mjs FOLDER IN OUT FRAMES. FOLDER has model.json and the graphs; IN and OUT are raw float32, channel by
// channel; FRAMES is the block in latent frames. tests/web/test_stream.py judges what was written.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as ort from "onnxruntime-web";
import { Stream, neutral } from "../page/stream.js";

const [folder, given, output, frames] = process.argv.slice(2);
const about = JSON.parse(await readFile(join(folder, "model.json"), "utf8"));
const [model] = about.models;
ort.env.wasm.numThreads = 1;
const open = async (name) => ort.InferenceSession.create(await readFile(join(folder, model[name].file)));
const stream = new Stream(ort, { encode: await open("encode"), decode: await open("decode") }, model);

const raw = await readFile(given);
const sound = new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4);
const { in_channels: channels, ratio } = model.encode;
const length = sound.length / channels;
const end = Math.ceil(length / ratio) * ratio;
const block = Number(frames) * ratio;
const blocks = [];
for (let begin = 0; begin < length + model.latency_samples; begin += block) {
  const audio = new Float32Array(block * channels);
  for (let c = 0; c < channels; c++) {
    audio.set(sound.subarray(c * length + Math.min(begin, length), c * length + Math.min(begin + block, length)), c * block);
  }
  blocks.push((await stream.block(audio, neutral(model.decode.in_channels), begin + block > end ? end : -1)).audio);
}
const heard = new Float32Array(blocks.length * block * channels);
blocks.forEach((each, n) => {
  for (let c = 0; c < channels; c++) heard.set(each.subarray(c * block, (c + 1) * block), c * blocks.length * block + n * block);
});
await writeFile(output, heard);
console.log(JSON.stringify({ latency: model.latency_samples, unit: about.block_frames }));
