// The model in its own thread. It receives blocks of audio through ports, with a stream for each, and returns them.
//
// The answer to a block {stream, audio, end} is {stream, audio, latents, frame, ms}. Another stream number begins a new
// signal. `audio` is transferred both ways, so nothing is copied. A block may have its own controls.

import * as ort from "./ort/ort.wasm.min.mjs";
import { METHODS, Stream } from "./stream.js";

let sessions, model, controls;
let turn = Promise.resolve(); // a session runs one block at a time

self.onmessage = ({ data }) => {
  if (data.kind === "open") {
    turn = turn
      .then(() => open(data))
      .then((threads) => self.postMessage({ kind: "opened", threads }))
      .catch((error) => self.postMessage({ kind: "failed", message: error.message }));
  } else if (data.kind === "controls") {
    controls = data.controls;
  } else if (data.kind === "connect") {
    serve(data.port);
  }
};

async function open(given) {
  for (const session of Object.values(sessions ?? {})) await session.release();
  model = given.model;
  ort.env.wasm.wasmPaths = new URL("./ort/", self.location.href).href;
  ort.env.wasm.numThreads = self.crossOriginIsolated ? given.threads : 1;
  sessions = {};
  for (const method of METHODS.filter((method) => model[method])) {
    sessions[method] = await ort.InferenceSession.create(new URL(model[method].file, given.folder).href, {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
    });
  }
  return ort.env.wasm.numThreads;
}

function serve(port) {
  const stream = new Stream(ort, sessions, model);
  let name;
  port.onmessage = ({ data }) => {
    turn = turn.then(async () => {
      if (data.stream !== name) {
        name = data.stream;
        stream.reset();
      }
      const begun = performance.now();
      const { audio, latents, frame } = await stream.block(data.audio, data.controls ?? controls, data.end);
      const ms = performance.now() - begun;
      port.postMessage({ stream: name, audio, latents, frame, ms }, [audio.buffer]);
    });
    turn = turn.catch((error) => self.postMessage({ kind: "failed", message: error.message }));
  };
}
