// The stream: the graphs of encode and decode in series, and their state between blocks.
//
// The decoder's position starts at minus the encoder's latency, which aligns it with its latents. So the output equals
// that of `forward`, sample by sample, and the latents between the two graphs can be shown.

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
   * @param {{encode: object, decode: object}} sessions of the two graphs
   * @param {object} about model.json
   */
  constructor(ort, sessions, about) {
    this.ort = ort;
    this.sessions = sessions;
    this.about = about;
    this.reset();
  }

  /** Begin a new signal. */
  reset() {
    const { encode, decode } = this.about;
    this.position = 0;
    this.encodeState = this.tensor(new Float32Array(encode.state_size), [1, encode.state_size]);
    this.decodeState = this.tensor(new Float32Array(decode.state_size), [1, decode.state_size]);
  }

  /**
   * Compute one block.
   * @param {Float32Array} audio all of the first channel, then all of the second; whole frames
   * @param {object} controls see `neutral`; without `along`, which is a part of the offset
   * @param {number} end samples of the whole signal, whole frames; -1 while its end is unknown
   * @returns {Promise<{audio: Float32Array, latents: Float32Array, frame: number}>} the output in the same layout, late
   *   by the latency of both; the encoder's latents, channel by channel; and the number of their first frame
   */
  async block(audio, controls, end = -1) {
    const { encode, decode } = this.about;
    const samples = audio.length / encode.in_channels;
    const frames = samples / encode.ratio;
    const given = {
      block: this.tensor(audio, [1, encode.in_channels, samples]),
      state: this.encodeState,
      position: this.tensor(whole(this.position), [1]),
      end: this.tensor(whole(end), [1]),
    };
    if (encode.noise_channels) {
      given.noise = this.tensor(new Float32Array(encode.noise_channels * frames), [1, encode.noise_channels, frames]);
    }
    const encoded = await this.sessions.encode.run(given);
    const motion = Float32Array.of(controls.freeze ? 1 : 0, controls.glide, 0);
    const decoded = await this.sessions.decode.run({
      block: encoded.output,
      state: this.decodeState,
      position: this.tensor(whole(this.position - encode.latency_samples), [1]),
      end: given.end,
      gain: this.tensor(controls.gain, [decode.in_channels]),
      offset: this.tensor(controls.offset, [decode.in_channels]),
      motion: this.tensor(motion, [3]),
    });
    this.encodeState = encoded.next_state;
    this.decodeState = decoded.next_state;
    const frame = (this.position - encode.latency_samples) / encode.ratio;
    this.position += samples;
    return { audio: decoded.output.data, latents: encoded.output.data, frame };
  }

  tensor(data, shape) {
    return new this.ort.Tensor(data instanceof BigInt64Array ? "int64" : "float32", data, shape);
  }
}
