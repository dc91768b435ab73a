// The controls of the latents, and their values at the time that is heard.

import { Sliders } from "./sliders.js";

const TRACE = 16; // frames that are drawn
const ARRIVED = 0.05; // the part of a jump that remains after the time of glide, as in saoctl/streaming/controls.py

export class Latents {
  /**
   * @param {object} engine whose controls the sliders set
   * @param {HTMLElement} directions the place for a slider of each direction of the basis
   * @param {HTMLElement} latents the place for a slider of each latent
   */
  constructor(engine, directions, latents) {
    this.engine = engine;
    this.frameMs = (engine.ratio / engine.sampleRate) * 1000;
    this.mode = "offset";
    const shares = engine.basis.share.map((share) => `${Math.round(100 * share)} %`);
    this.directions = new Sliders(
      directions,
      shares.map((share, n) => ({ name: `${n + 1}`, title: `Direction ${n + 1}, ${share} of the variance` })),
      (index, value) => this.move("along", index, value),
    );
    this.sliders = new Sliders(
      latents,
      Array.from({ length: engine.latents }, (_, n) => ({ name: `${n + 1}`, title: `Latent ${n + 1}` })),
      (index, value) => this.move(this.mode, index, value),
    );
    this.forget();
    this.update();
  }

  /** Let the sliders of the latents set the offset or the gain. */
  show(mode) {
    this.mode = mode;
    this.sliders.show(mode);
    this.update();
  }

  move(control, index, value) {
    this.engine.controls[control][index] = value;
    this.engine.set(this.engine.controls);
    this.update();
  }

  /** Move the sliders to the values of the controls. */
  update() {
    const { along, gain, offset } = this.engine.controls;
    this.directions.update(along, (index) => along[index] !== 0);
    this.sliders.update(this.engine.controls[this.mode], (index) => gain[index] !== 1 || offset[index] !== 0);
  }

  /** Forget all frames, before a new stream. */
  forget() {
    this.frames = new Map(); // from the number of a frame to the latents that the decoder gets
    this.held = this.before = null;
    this.heard = -Infinity;
  }

  /** Take the encoder's latents of a block, whose first frame is `frame`. */
  take(latents, frame) {
    const count = this.engine.latents;
    const frames = latents.length / count;
    const { gain, offset, freeze, glide } = this.engine.bend;
    const kept = glide > 0 ? ARRIVED ** (this.frameMs / glide) : 0;
    for (let f = 0; f < frames; f++) {
      const fresh = Float32Array.from({ length: count }, (_, c) => latents[c * frames + f]);
      if (!freeze || !this.held) this.held = fresh;
      const before = this.before ?? fresh.map(() => 0);
      const played = this.held.map((value, c) => before[c] * kept + (value * gain[c] + offset[c]) * (1 - kept));
      if (frame + f < 0) continue;
      this.before = played;
      this.frames.set(frame + f, played);
    }
  }

  /** Show the frame that is heard, number `heard`. */
  hear(heard) {
    if (heard === this.heard) return;
    this.heard = heard;
    for (const frame of this.frames.keys()) if (frame < heard - TRACE) this.frames.delete(frame);
    const shown = [];
    for (let age = 0; age < TRACE && this.frames.has(heard - age); age++) shown.push(this.frames.get(heard - age));
    this.sliders.sound(shown);
    this.directions.sound(shown.map((frame) => this.engine.basis.coordinates(frame)));
  }
}
