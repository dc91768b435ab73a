// Sound input and output: files, the microphone, and the player, which is the audio thread's node and its port.

/**
 * Decode a file to the model's rate; audio at that rate is not changed.
 * @param {ArrayBuffer} bytes
 * @returns {Promise<Float32Array[]>} as many channels as the model has; mono is doubled
 */
export async function decoded(bytes, { sampleRate, channels }) {
  const buffer = await new OfflineAudioContext(1, 1, sampleRate).decodeAudioData(bytes);
  const given = Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c));
  exact(given);
  return Array.from({ length: channels }, (_, c) => given[Math.min(c, given.length - 1)]);
}

/**
 * Undo, in place, Chromium's scaling of 16-bit samples: it divides positive ones by 32767 and others by 32768, to reach
 * 1 (media/base/audio_sample_types.h in its source). Every other reader divides by 32768. Sound with another scaling is
 * not changed.
 */
function exact(channels) {
  const SLACK = 0.004; // 16-bit steps; more than the rounding error of float32 near 1
  const divided = (value) => {
    const steps = value * (value < 0 ? 32768 : 32767);
    return Math.abs(steps - Math.round(steps)) < SLACK;
  };
  if (!channels.every((each) => each.every(divided))) return;
  for (const each of channels) {
    for (let i = 0; i < each.length; i++) if (each[i] > 0) each[i] = Math.round(each[i] * 32767) / 32768;
  }
}

/** Open the microphone without processing, which would treat music as noise. */
export function microphone() {
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: { ideal: 2 } };
  return navigator.mediaDevices.getUserMedia({ audio });
}

export class Player {
  /**
   * @param {BaseAudioContext} context at the model's sample rate
   * @param {object} engine
   * @param {number} frames of a block
   */
  static async open(context, engine, frames) {
    await context.audioWorklet.addModule(new URL("./worklet.js", import.meta.url));
    return new Player(context, engine, frames);
  }

  constructor(context, engine, frames) {
    this.context = context;
    this.engine = engine;
    this.block = frames * engine.ratio;
    this.delay = 2 * this.block + engine.latency; // samples, from input to output
    this.lead = Math.floor(this.delay / this.block) * this.block; // samples that are computed before the clock runs
    this.silence = this.delay - this.lead; // samples from there to the first of the sound
    const { channels, latency, ratio } = engine;
    this.node = new AudioWorkletNode(context, "through", {
      numberOfInputs: 1,
      outputChannelCount: [channels],
      channelCount: channels,
      channelCountMode: "explicit",
      channelInterpretation: "speakers",
      processorOptions: { block: this.block, channels, latency, ratio, lead: this.lead },
    });
    this.node.connect(context.destination);
    this.answers = {};
    this.node.port.onmessage = ({ data }) => this.answers[data.kind]?.(data);
    const port = engine.connect();
    this.send({ kind: "connect", port }, [port]);
  }

  /** Handle the node's reports: `block` with each block, `begun` when the clock begins to run, `ended`, `settled`. */
  on(kind, answer) {
    this.answers[kind] = answer;
  }

  /** Play {audio} from sample `begin` on, or {media}, a MediaStream. */
  start({ audio, media }, { begin = 0, repeat = false } = {}) {
    this.input?.disconnect();
    this.input = media && this.context.createMediaStreamSource(media);
    this.input?.connect(this.node);
    this.send({ kind: "start", stream: ++this.engine.streams, audio, begin, repeat });
  }

  stop() {
    this.input?.disconnect();
    this.send({ kind: "stop" });
  }

  repeat(repeat) {
    this.send({ kind: "again", repeat });
  }

  /** Play the model, or the original with the same delay. `now`: without a crossfade. */
  hear(model, now = false) {
    this.send({ kind: "hear", model, now });
  }

  /** Wait until the model has returned all its blocks. */
  settle() {
    return new Promise((resolve) => {
      this.on("settled", resolve);
      this.send({ kind: "settle" });
    });
  }

  close() {
    this.stop();
    this.node.disconnect();
  }

  send(message, transfer = []) {
    this.node.port.postMessage(message, transfer);
  }
}
