// The stream: the graphs of a model's methods, and their state between blocks.
//
// An exact model runs `encode` and `decode` in series. The decoder's position starts at minus the encoder's latency,
// which aligns it with its latents. So the output equals that of `forward`, sample by sample, and the latents between
// the two graphs can be shown. A model with less lookahead runs `forward`, which decodes estimates that `encode` does
// not give out, and `encode` beside it only for the latents that are shown.

export const METHODS = ["encode", "decode", "forward"];

/** Return the controls that change nothing: gain 1, offset 0, coordinates 0, no freeze, no glide. */
export function neutral(latents, directions = 0) {
  return {
    gain: new Float32Array(latents).fill(1),
    offset: new Float32Array(latents),
    along: new Float32Array(directions), // coordinates along the directions of a basis, in spreads
    freeze: false,
    glide: 0, // ms
  };
}

const whole = (number) => BigInt64Array.of(BigInt(number));

export class Stream {
  /**
   * @param {object} ort onnxruntime-web
   * @param {object} sessions by the method: `encode`, and `decode` or `forward`
   * @param {object} model one of the models of model.json: the numbers of each method
   */
  constructor(ort, sessions, model) {
    Object.assign(this, { ort, sessions, model });
    this.reset();
  }

  /** Begin a new signal. */
  reset() {
    this.position = 0;
    this.states = {};
    for (const method in this.sessions) {
      const size = this.model[method].state_size;
      this.states[method] = this.tensor(new Float32Array(size), [1, size]);
    }
  }

  /**
   * Compute one block.
   * @param {Float32Array} audio all of the first channel, then all of the second; whole frames
   * @param {object} controls see `neutral`; without `along`, which is a part of the offset
   * @param {number} end samples of the whole signal, whole frames; -1 while its end is unknown
   * @returns {Promise<{audio: Float32Array, latents: Float32Array, frame: number}>} the output in the same layout, late
   *   by the model's latency; the encoder's latents, channel by channel; and the number of their first frame
   */
  async block(audio, controls, end = -1) {
    const { in_channels, ratio, latency_samples } = this.model.encode;
    const { position } = this;
    const samples = audio.length / in_channels;
    const block = this.tensor(audio, [1, in_channels, samples]);
    const begun = position - latency_samples; // of the latents
    const encoded = await this.run("encode", block, position, end);
    const played = this.sessions.forward
      ? await this.run("forward", block, position, end, controls)
      : await this.run("decode", encoded, begun, end, controls);
    this.position += samples;
    return { audio: played.data, latents: encoded.data, frame: begun / ratio };
  }

  /** Run a method from `position` on, in samples, and keep its state; `controls` for those that decode. */
  async run(method, block, position, end, controls) {
    const { noise_channels, ratio } = this.model[method];
    const given = {
      block,
      state: this.states[method],
      position: this.tensor(whole(position), [1]),
      end: this.tensor(whole(end), [1]),
    };
    if (noise_channels) {
      const shape = [1, noise_channels, block.dims[2] / (method === "decode" ? 1 : ratio)];
      given.noise = this.tensor(new Float32Array(shape[1] * shape[2]), shape);
    }
    if (controls) {
      const { gain, offset, freeze, glide } = controls;
      given.gain = this.tensor(gain, [gain.length]);
      given.offset = this.tensor(offset, [offset.length]);
      given.motion = this.tensor(Float32Array.of(freeze ? 1 : 0, glide, 0), [3]);
    }
    const { output, next_state } = await this.sessions[method].run(given);
    this.states[method] = next_state;
    return output;
  }

  tensor(data, shape) {
    return new this.ort.Tensor(data instanceof BigInt64Array ? "int64" : "float32", data, shape);
  }
}
