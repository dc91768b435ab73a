// The page's side of the model. `render` works without an AudioContext.

import { Basis } from "./basis.js";
import { neutral } from "./stream.js";

const TRIED = 16; // frames of silence that say whether a size of blocks holds, and at least four blocks
const HEADROOM = 0.35; // share of a block's duration that must stay free for the page and other programs

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
    const engine = new Engine(worker, await answer.json(), new URL(".", answer.url).href, threads);
    engine.loaded = engine.use(engine.about.models[0]);
    return engine;
  }

  constructor(worker, about, folder, threads) {
    Object.assign(this, { worker, about, folder, most: threads });
    const { encode } = about.models[0];
    this.sampleRate = encode.sample_rate;
    this.channels = encode.in_channels;
    this.latents = encode.out_channels;
    this.ratio = encode.ratio;
    this.basis = new Basis(about.basis);
    this.controls = neutral(this.latents, this.basis.count);
    this.streams = 0;
    this.failed = (message) => console.error(message);
  }

  /** Load one of the models of model.json, which differ in their latency, in the place of the one before. */
  async use(model) {
    this.model = model;
    this.latency = model.latency_samples;
    const opened = new Promise((resolve, reject) => {
      this.worker.onerror = (event) => reject(new Error(event.message ?? "the worker did not start"));
      this.worker.onmessage = ({ data }) => {
        if (data.kind === "opened") resolve(data.threads);
        else reject(new Error(data.message));
      };
    });
    this.worker.postMessage({ kind: "open", model, folder: this.folder, threads: this.most });
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
   * Return whether blocks of silence hold realtime with headroom. The first ones do not count: browsers compile the
   * model's code quickly at first, and again to faster code after it has run for a while.
   * @param {number} frames of a block
   */
  async holds(frames) {
    const length = Math.max(1, Math.max(TRIED, 4 * frames) * this.ratio - this.latency); // `render` adds the latency
    const { ms } = await this.render(Array.from({ length: this.channels }, () => new Float32Array(length)), frames);
    const lasts = (1000 * frames * this.ratio) / this.sampleRate;
    return Math.max(...ms.slice(ms.length >> 1)) <= (1 - HEADROOM) * lasts;
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
    const { latency } = this;
    const stream = ++this.streams;
    const output = channels.map(() => new Float32Array(length));
    const ms = [];
    for (let begin = 0; begin < latency + length; begin += block) {
      before(begin / block);
      const audio = new Float32Array(block * channels.length);
      channels.forEach((each, c) => audio.set(each.subarray(begin, begin + block), c * block));
      const answer = new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));
      port.postMessage({ stream, audio, end, controls: this.bend }, [audio.buffer]);
      const got = await answer;
      ms.push(got.ms);
      const late = Math.max(0, latency - begin);
      output.forEach((each, c) => {
        const part = got.audio.subarray(c * block + Math.min(late, block), (c + 1) * block);
        const place = begin + late - latency;
        if (part.length) each.set(part.subarray(0, Math.max(0, length - place)), place);
      });
    }
    port.close();
    return { channels: output, ms };
  }
}
