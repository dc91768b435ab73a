// The latents: a slider each, and behind it the values that sound now and sounded before.

const RANGE = 3; // latents have a spread of about 1
const TRACE = 16; // frames that are drawn
const ARRIVED = 0.05; // what is left of a jump after the time of glide; as in saoctl/streaming/controls.py
const MODES = { offset: { min: -RANGE, max: RANGE, rest: 0 }, gain: { min: 0, max: 2, rest: 1 } };

export class Latents {
  /**
   * @param {HTMLElement} grid with a canvas in it
   * @param {object} engine whose controls the sliders set
   */
  constructor(grid, engine) {
    this.grid = grid;
    this.engine = engine;
    this.canvas = grid.querySelector("canvas");
    this.mode = "offset";
    this.frameMs = (engine.ratio / engine.sampleRate) * 1000;
    this.cells = Array.from({ length: engine.latents }, (_, index) => this.cell(index));
    this.forget();
    new ResizeObserver(() => this.measure()).observe(grid);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.measure());
    this.show("offset");
  }

  cell(index) {
    const label = document.createElement("label");
    label.className = "latent";
    const name = document.createElement("span");
    name.textContent = index + 1;
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", step: 0.01 });
    const value = document.createElement("output");
    label.append(name, slider, value);
    this.grid.append(label);
    slider.addEventListener("input", () => this.move(index, slider.valueAsNumber));
    slider.addEventListener("dblclick", () => this.move(index, MODES[this.mode].rest));
    slider.addEventListener("keydown", (event) => {
      if (event.key === "Delete" || event.key === "Backspace") this.move(index, MODES[this.mode].rest);
    });
    return { label, slider, value };
  }

  /** The sliders are those of the offset, or of the gain. */
  show(mode) {
    this.mode = mode;
    const { min, max } = MODES[mode];
    this.cells.forEach(({ slider }, index) => {
      Object.assign(slider, { min, max });
      slider.setAttribute("aria-label", `Latent ${index + 1}, ${mode}`);
    });
    this.update();
  }

  move(index, value) {
    this.engine.controls[this.mode][index] = value;
    this.engine.set(this.engine.controls);
    this.update();
  }

  /** The sliders as the controls are. */
  update() {
    const { rest } = MODES[this.mode];
    const { gain, offset } = this.engine.controls;
    this.cells.forEach(({ label, slider, value }, index) => {
      const now = this.engine.controls[this.mode][index];
      slider.value = now;
      const sign = this.mode === "offset" && now > 0 ? "+" : "";
      value.textContent = now === rest ? "" : `${sign}${now.toFixed(2)}`;
      label.classList.toggle("bent", gain[index] !== 1 || offset[index] !== 0);
      label.classList.toggle("high", now > rest); // the number stands where the thumb does not
    });
    this.draw();
  }

  /** Nothing has sounded yet. */
  forget() {
    this.frames = new Map(); // of the signal, and what the decoder is given for each
    this.held = this.before = null;
    this.heard = -Infinity;
  }

  /** What the encoder gave for a block; `frame` is the first. */
  take(latents, frame) {
    const count = this.engine.latents;
    const frames = latents.length / count;
    const { gain, offset, freeze, glide } = this.engine.controls;
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

  /** Draw what sounds: frame number `heard`. */
  hear(heard) {
    if (heard === this.heard) return;
    this.heard = heard;
    for (const frame of this.frames.keys()) if (frame < heard - TRACE) this.frames.delete(frame);
    this.draw();
  }

  measure() {
    const scale = devicePixelRatio || 1;
    const whole = this.grid.getBoundingClientRect();
    Object.assign(this.canvas, { width: Math.round(whole.width * scale), height: Math.round(whole.height * scale) });
    this.scale = scale;
    this.boxes = this.cells.map(({ slider }) => {
      const box = slider.getBoundingClientRect();
      return { left: box.left - whole.left, top: box.top - whole.top, width: box.width, height: box.height };
    });
    const style = getComputedStyle(this.grid);
    this.colours = Object.fromEntries(["trace", "bent", "line"].map((name) => [name, style.getPropertyValue(`--${name}`)]));
    this.draw();
  }

  draw() {
    if (!this.boxes) return;
    const pen = this.canvas.getContext("2d");
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const { min, max, rest } = MODES[this.mode];
    const shown = [];
    for (let age = 0; age < TRACE; age++) {
      const frame = this.frames.get(this.heard - age);
      if (!frame) break;
      shown.push(frame);
    }
    this.boxes.forEach(({ left, top, width, height }, index) => {
      const at = (part) => left + Math.min(1, Math.max(0, part)) * width;
      const middle = at(0.5);
      pen.fillStyle = this.colours.line;
      pen.fillRect(middle - 0.5, top + 3, 1, height - 6);
      const set = at((this.engine.controls[this.mode][index] - min) / (max - min));
      const still = at((rest - min) / (max - min));
      if (set !== still) {
        pen.globalAlpha = 0.22;
        pen.fillStyle = this.colours.bent;
        pen.fillRect(Math.min(set, still), top + 2, Math.abs(set - still), height - 4);
        pen.globalAlpha = 1;
      }
      if (!shown.length) return;
      // A needle that glows for a while where it was.
      pen.fillStyle = this.colours.trace;
      for (let age = shown.length - 1; age >= 0; age--) {
        pen.globalAlpha = age ? 0.3 * (1 - age / TRACE) ** 2 : 1;
        const short = age ? 4 : 3;
        pen.fillRect(at(shown[age][index] / (2 * RANGE) + 0.5) - 1.5, top + short, 3, height - 2 * short);
      }
      pen.globalAlpha = 1;
    });
  }
}
