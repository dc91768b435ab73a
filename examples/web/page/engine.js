// The page's side of the model. `render` works without an AudioContext.

import { Basis } from "./basis.js";
import { neutral } from "./stream.js";

export class Engine {
  /**
   * Read the description of a model, and begin to load it; `loaded` resolves when it is loaded.
   * @param {string} url of its model.json
   * @param {number} [threads] at most; one if the page is not isolated. Half of the cores are left for the audio, the
   *   page and other programs, because threads that wait for a busy core make a block slower.
   */
  static async open(url, threads = Math.max(1, Math.min(4, navigator.hardwareConcurrency >> 1))) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url} is missing (${answer.status})`);
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    const engine = new Engine(worker, await answer.json());
    engine.loaded = engine.load(new URL(".", answer.url).href, threads);
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
    this.basis = new Basis(about.basis);
    this.controls = neutral(this.latents, this.basis.count);
    this.streams = 0;
    this.failed = (message) => console.error(message);
  }

  async load(folder, threads) {
    const opened = new Promise((resolve, reject) => {
      this.worker.onerror = (event) => reject(new Error(event.message ?? "the worker did not start"));
      this.worker.onmessage = ({ data }) => {
        if (data.kind === "opened") resolve(data.threads);
        else reject(new Error(data.message));
      };
    });
    this.worker.postMessage({ kind: "open", about: this.about, folder, threads });
    this.set(this.controls);
    this.threads = await opened;
    this.worker.onmessage = ({ data }) => this.failed(data.message);
  }

  /** Change controls of the latents from the next block on; see `neutral` in stream.js. */
  set(controls) {
    Object.assign(this.controls, controls);
    this.worker.postMessage({ kind: "controls", controls: this.bend });
  }

  /** The controls as the stream takes them, with the directions as a part of the offset. */
  get bend() {
    const { along, offset, ...others } = this.controls;
    return { ...others, offset: this.basis.moved(along, offset) };
  }

  /** A port of the worker, for a stream of its own; see worker.js. */
  connect() {
    const { port1, port2 } = new MessageChannel();
    this.worker.postMessage({ kind: "connect", port: port2 }, [port2]);
    return port1;
  }

  /**
   * Compute a frame of silence with the whole stream. Browsers compile the model's code quickly at first, and again to
   * faster code after it has run for a while.
   * @param {number} frames of a block
   */
  warmUp(frames) {
    const silence = Array.from({ length: this.channels }, () => new Float32Array(this.ratio));
    return this.render(silence, frames);
  }

  /**
   * Stream a whole signal in blocks, from its first sample to its last.
   * @param {Float32Array[]} channels
   * @param {number} frames of a block
   * @param {function(number): void} [before] called before each block with its number, say to change controls
   * @returns {Promise<{channels: Float32Array[], ms: number[]}>} the output without its latency, as long as the input;
   *   and the computing time of each block
   */
  async render(channels, frames, before = () => {}) {
    const block = frames * this.ratio;
    const length = channels[0].length;
    const end = Math.ceil(length / this.ratio) * this.ratio;
    const port = this.connect();
    const stream = ++this.streams;
    const output = channels.map(() => new Float32Array(length));
    const ms = [];
    for (let begin = 0; begin < this.latency + length; begin += block) {
      before(begin / block);
      const audio = new Float32Array(block * channels.length);
      channels.forEach((each, c) => audio.set(each.subarray(begin, begin + block), c * block));
      const answer = new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));
      port.postMessage({ stream, audio, end, controls: this.bend }, [audio.buffer]);
      const got = await answer;
      ms.push(got.ms);
      const late = Math.max(0, this.latency - begin);
      output.forEach((each, c) => {
        const part = got.audio.subarray(c * block + Math.min(late, block), (c + 1) * block);
        const place = begin + late - this.latency;
        if (part.length) each.set(part.subarray(0, Math.max(0, length - place)), place);
      });
    }
    port.close();
    return { channels: output, ms };
  }
}
