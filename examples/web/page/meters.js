// The display of the load, and the picture of the sound.

const KEPT = 60; // blocks of the history

const ink = (canvas) => {
  const scale = devicePixelRatio || 1;
  const { width, height } = canvas.getBoundingClientRect();
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const style = getComputedStyle(canvas);
  return { pen, width, height, colour: (name) => style.getPropertyValue(`--${name}`) };
};

/** The load: computing time over playing time, of each block and of the last ones. */
export class Load {
  constructor(output, canvas) {
    this.output = output;
    this.canvas = canvas;
    this.forget();
  }

  forget() {
    this.loads = [];
    this.output.textContent = "–";
    this.draw();
  }

  take(ms, blockMs) {
    this.loads.push(ms / blockMs);
    if (this.loads.length > KEPT) this.loads.shift();
    const lately = this.loads.slice(-12);
    const mean = lately.reduce((sum, each) => sum + each, 0) / lately.length;
    this.output.textContent = `${Math.round(100 * mean)} %`;
    this.draw();
  }

  draw() {
    const { pen, width, height, colour } = ink(this.canvas);
    const step = width / KEPT;
    const top = 1.25; // of the scale
    pen.fillStyle = colour("line");
    pen.fillRect(0, height - height / top, width, 1);
    this.loads.forEach((load, index) => {
      pen.fillStyle = colour(load > 1 ? "bad" : "trace");
      const tall = Math.max(1, (Math.min(load, top) / top) * height);
      pen.fillRect(width - (this.loads.length - index) * step, height - tall, Math.max(1, step - 1), tall);
    });
  }
}

/** The peaks of a file, and the position that is heard. */
export class Wave {
  constructor(canvas) {
    this.canvas = canvas;
    this.set(null);
    new ResizeObserver(() => this.set(this.audio)).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  set(audio) {
    this.audio = audio;
    const count = Math.max(1, Math.floor(this.canvas.getBoundingClientRect().width / 3));
    const size = audio ? audio[0].length / count : 0;
    this.peaks = Array.from({ length: audio ? count : 0 }, (_, index) => {
      let peak = 0;
      const end = Math.min(audio[0].length, Math.ceil((index + 1) * size));
      const hop = Math.max(1, Math.floor(size / 400));
      for (const each of audio) {
        for (let i = Math.floor(index * size); i < end; i += hop) peak = Math.max(peak, Math.abs(each[i]));
      }
      return peak;
    });
    this.draw();
  }

  /** @param {number} part of the file that has been played; below 0 before it begins */
  hear(part) {
    const column = Math.floor(part * this.peaks.length);
    if (column === this.column) return;
    this.column = column;
    this.draw();
  }

  draw() {
    const { pen, height, colour } = ink(this.canvas);
    this.peaks.forEach((peak, index) => {
      pen.fillStyle = colour(index <= (this.column ?? -1) ? "trace" : "quiet");
      const tall = Math.max(2, peak * height);
      pen.fillRect(index * 3, (height - tall) / 2, 2, tall);
    });
  }
}
