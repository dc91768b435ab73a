// The model from the page's side. With an AudioContext or without: `render` takes audio and gives audio.

import { neutral } from "./stream.js";

export class Engine {
  /**
   * Load a model.
   * @param {string} url of its model.json
   * @param {number} [threads] at most; one if the page is not isolated. Half of the cores are left to the sound, the
   *   page and the rest: threads that wait for a busy core make a block slower, not faster.
   */
  static async open(url, threads = Math.max(1, Math.min(4, navigator.hardwareConcurrency >> 1))) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url} is missing (${answer.status})`);
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    const engine = new Engine(worker, await answer.json());
    const opened = new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message ?? "the worker did not start"));
      worker.onmessage = ({ data }) => {
        if (data.kind === "opened") resolve(data.threads);
        else reject(new Error(data.message));
      };
    });
    const folder = new URL(".", answer.url).href;
    worker.postMessage({ kind: "open", about: engine.about, folder, threads });
    engine.threads = await opened;
    worker.onmessage = ({ data }) => engine.failed(data.message);
    return engine;
  }

  constructor(worker, about) {
    this.worker = worker;
    this.about = about;
    this.sampleRate = about.encode.sample_rate;
    this.channels = about.encode.in_channels;
    this.latents = about.decode.in_channels;
    this.ratio = about.encode.ratio;
    this.latency = about.encode.latency_samples + about.decode.latency_samples;
    this.controls = neutral(this.latents);
    this.streams = 0;
    this.failed = (message) => console.error(message);
  }

  /** What is done to the latents from the next block on; see `neutral` in stream.js. */
  set(controls) {
    Object.assign(this.controls, controls);
    this.worker.postMessage({ kind: "controls", controls: this.controls });
  }

  /** A port of the worker, for a stream of its own; see worker.js. */
  connect() {
    const { port1, port2 } = new MessageChannel();
    this.worker.postMessage({ kind: "connect", port: port2 }, [port2]);
    return port1;
  }

  /** Compute a block of silence: the first of a size takes longer, and who hears it late hears a gap. */
  warmUp(frames) {
    return this.render([...Array(this.channels)].map(() => new Float32Array(0)), frames, 1);
  }

  /**
   * A whole signal through the stream, in blocks, from its first sample to its last.
   * @param {Float32Array[]} channels
   * @param {number} frames of a block
   * @param {number} [blocks] at most
   * @param {function(number): void} [before] called before each block with its number, say to change the controls
   * @returns {Promise<{channels: Float32Array[], ms: number[]}>} as long as what was given, in time with it; and what
   *   each block took
   */
  async render(channels, frames, blocks = Infinity, before = () => {}) {
    const block = frames * this.ratio;
    const length = channels[0].length;
    const end = Math.ceil(length / this.ratio) * this.ratio;
    const port = this.connect();
    const stream = ++this.streams;
    const came = channels.map(() => new Float32Array(length));
    const ms = [];
    for (let begin = 0; begin < Math.min(this.latency + length, blocks * block); begin += block) {
      before(begin / block);
      const audio = new Float32Array(block * channels.length);
      channels.forEach((each, c) => audio.set(each.subarray(begin, begin + block), c * block));
      const answer = new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));
      port.postMessage({ stream, audio, end, controls: this.controls }, [audio.buffer]);
      const got = await answer;
      ms.push(got.ms);
      const late = Math.max(0, this.latency - begin);
      came.forEach((each, c) => {
        const part = got.audio.subarray(c * block + Math.min(late, block), (c + 1) * block);
        const place = begin + late - this.latency;
        if (part.length) each.set(part.subarray(0, Math.max(0, length - place)), place);
      });
    }
    port.close();
    return { channels: came, ms };
  }
}
