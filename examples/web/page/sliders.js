// A grid of sliders, each with its current and earlier values behind it.

const RANGE = 3; // the standard deviation of latents is about 1, and that of coordinates is 1
const TRACK = 3; // px, its thickness
const TICK = 4; // px by which the mark of the middle is taller than a thumb
const NEEDLE = 3; // px, the width of the mark of a value
const MODES = { offset: { min: -RANGE, max: RANGE, rest: 0 }, gain: { min: 0, max: 2, rest: 1 } };

export class Sliders {
  /**
   * @param {HTMLElement} grid with a canvas in it
   * @param {{name: string, title: string}[]} named the label and the accessible name of each slider
   * @param {function(number, number): void} move called with a slider's index and value when it is moved
   */
  constructor(grid, named, move) {
    this.grid = grid;
    this.named = named;
    this.canvas = grid.querySelector("canvas");
    this.set = [];
    this.shown = [];
    this.cells = named.map(({ name, title }, index) => this.cell(name, title, (value) => move(index, value)));
    this.show("offset");
    new ResizeObserver(() => this.measure()).observe(grid);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.measure());
  }

  cell(name, title, move) {
    const label = document.createElement("label");
    label.className = "slider";
    label.title = title;
    const text = document.createElement("span");
    text.textContent = name;
    const slider = document.createElement("input");
    Object.assign(slider, { type: "range", step: 0.01 });
    const value = document.createElement("output");
    label.append(text, slider, value);
    this.grid.append(label);
    const rest = () => move(MODES[this.mode].rest);
    slider.addEventListener("input", () => move(slider.valueAsNumber));
    slider.addEventListener("dblclick", rest);
    slider.addEventListener("keydown", (event) => ["Delete", "Backspace"].includes(event.key) && rest());
    return { label, slider, value };
  }

  /** Show the offset or the gain. */
  show(mode) {
    this.mode = mode;
    const { min, max } = MODES[mode];
    this.cells.forEach(({ slider }, index) => {
      Object.assign(slider, { min, max });
      slider.setAttribute("aria-label", `${this.named[index].title}, ${mode}`);
    });
  }

  /**
   * Move the sliders.
   * @param {ArrayLike<number>} set the value of each
   * @param {function(number): boolean} bent whether a slider changes the sound, in this mode or another
   */
  update(set, bent) {
    this.set = set;
    const { rest } = MODES[this.mode];
    this.cells.forEach(({ label, slider, value }, index) => {
      const now = set[index];
      slider.value = now;
      const sign = this.mode === "offset" && now > 0 ? "+" : "";
      value.textContent = now === rest ? "" : `${sign}${now.toFixed(2)}`;
      label.classList.toggle("bent", bent(index));
      label.classList.toggle("high", now > rest); // the number is where the thumb is not
    });
    this.draw();
  }

  /** Show the values [count] of the current frame and of those before, the newest first. */
  sound(shown) {
    this.shown = shown;
    this.draw();
  }

  measure() {
    const scale = devicePixelRatio || 1;
    const whole = this.grid.getBoundingClientRect();
    Object.assign(this.canvas, { width: Math.round(whole.width * scale), height: Math.round(whole.height * scale) });
    this.scale = scale;
    const style = getComputedStyle(this.grid);
    const thumb = parseFloat(style.getPropertyValue("--thumb"));
    // The middle of a thumb stays half its width away from both ends.
    this.boxes = this.cells.map(({ slider }) => {
      const box = slider.getBoundingClientRect();
      const left = box.left - whole.left + thumb / 2;
      return { left, top: box.top - whole.top, width: box.width - thumb, height: box.height, thumb };
    });
    this.colours = Object.fromEntries(
      ["trace", "bent", "track"].map((name) => [name, style.getPropertyValue(`--${name}`)]),
    );
    this.draw();
  }

  draw() {
    if (!this.boxes) return;
    const pen = this.canvas.getContext("2d");
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const { min, max, rest } = MODES[this.mode];
    this.boxes.forEach(({ left, top, width, height, thumb }, index) => {
      const at = (part) => left + Math.min(1, Math.max(0, part)) * width;
      const middle = top + height / 2;
      const still = at((rest - min) / (max - min));
      const now = at((this.set[index] - min) / (max - min));
      pen.fillStyle = this.colours.track;
      pen.fillRect(left - thumb / 2, middle - TRACK / 2, width + thumb, TRACK);
      pen.fillRect(still - 1, middle - thumb / 2 - TICK, 2, thumb + 2 * TICK); // the neutral value
      pen.fillStyle = this.colours.bent;
      pen.fillRect(Math.min(now, still), middle - TRACK / 2, Math.abs(now - still), TRACK);
      // Earlier values fade out.
      pen.fillStyle = this.colours.trace;
      for (let age = this.shown.length - 1; age >= 0; age--) {
        pen.globalAlpha = age ? 0.3 * (1 - age / this.shown.length) ** 2 : 1;
        const short = age ? 4 : 3;
        const place = at(this.shown[age][index] / (2 * RANGE) + 0.5);
        pen.fillRect(place - NEEDLE / 2, top + short, NEEDLE, height - 2 * short);
      }
      pen.globalAlpha = 1;
    });
  }
}
