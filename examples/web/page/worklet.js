// The audio thread: it collects blocks, sends them to the model, and plays the model's output.
//
// Its clock counts the input samples. Sample n of the model's output is played at n + two blocks: one to collect, one
// to compute. If it is not ready, the clock stops, silence is played, and no input is taken. So the delay never changes,
// no sample of the model's output is lost, and a file pauses without a jump. The microphone's samples of that time are
// lost. The original is played with the same delay as the model's output, so that the two can be compared.
//
// First the queue is filled: the clock begins to run when the model has computed the first `lead` samples, read ahead
// from a file, or of silence before a microphone. The model's first blocks take longer than the others, and this way
// none can be late. All output of that time precedes the signal, and is silence.

const RAMP = 441; // samples of the crossfade between model and original

class Through extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    const { block, channels, latency, ratio, lead } = processorOptions;
    Object.assign(this, { block, channels, latency, ratio, lead });
    this.wait = 2 * block;
    this.late = this.wait + latency; // samples by which the original is delayed
    this.past = Array.from({ length: channels }, () => new Float32Array(this.late + 128));
    this.spare = []; // arrays that are used again, so that none must be allocated here
    this.model = 1; // the gain of the model; that of the original is 1 less it
    this.target = 1;
    this.playing = false;
    this.port.onmessage = ({ data }) => this[data.kind](data);
  }

  connect({ port }) {
    this.worker = port;
    port.onmessage = ({ data }) => this.receive(data);
  }

  /** Begin a stream of `audio`, channel by channel, from sample `begin` on, or of the input. */
  start({ stream, audio, begin, repeat }) {
    Object.assign(this, { stream, audio, repeat });
    this.place = begin ?? 0; // the next sample of the audio
    this.clock = 0;
    this.end = -1; // the end of the signal, in samples of the clock; whole frames
    this.last = Infinity; // the end of the signal, without the silence that fills the last frame
    this.sent = 0;
    this.due = []; // blocks that were computed and not played yet
    this.ready = 0; // samples that were computed, in all
    this.gaps = 0;
    this.lost = 0; // quanta
    this.waiting = false;
    for (const each of this.past) each.fill(0);
    this.collect = this.array();
    this.filled = 0;
    this.playing = true;
    this.prefilling = true;
    this.prefill();
  }

  /** Send the model the next block ahead of time. */
  prefill() {
    this.read([], this.block);
    this.clock += this.block;
  }

  /** After a block of the beginning, send the next one, or start the clock. */
  prefilled() {
    while (this.due.length * this.block > this.wait) this.spare.push(this.due.shift()); // precedes the signal
    if (this.clock < this.lead) return this.prefill();
    this.prefilling = false;
    this.port.postMessage({ kind: "begun", clock: this.clock, time: currentTime });
  }

  stop() {
    this.playing = this.prefilling = false;
  }

  again({ repeat }) {
    this.repeat = repeat;
  }

  hear({ model, now }) {
    this.target = model ? 1 : 0;
    if (now) this.model = this.target;
  }

  /** Report when the model has returned all its blocks, for offline rendering. */
  settle() {
    this.settling = true;
    this.settled();
  }

  settled() {
    if (!this.settling || this.prefilling || this.ready < this.sent) return;
    this.settling = false;
    this.port.postMessage({ kind: "settled" });
  }

  receive({ stream, audio, latents, frame, ms }) {
    if (stream !== this.stream) return; // a block of an earlier stream
    this.due.push(audio);
    this.ready += this.block;
    const { clock, gaps, lost } = this;
    this.port.postMessage({ kind: "block", latents, frame, ms, clock, gaps, lost, time: currentTime });
    if (this.prefilling) this.prefilled();
    this.settled();
  }

  array() {
    return this.spare.pop() ?? new Float32Array(this.block * this.channels);
  }

  process(inputs, outputs) {
    const output = outputs[0];
    const samples = output[0].length;
    if (!this.playing || this.prefilling) return true;
    if (this.clock + samples - this.wait > this.ready) {
      if (!this.waiting) this.gaps++;
      this.waiting = true;
      this.lost++;
      return true;
    }
    this.waiting = false;
    this.read(inputs[0], samples);
    this.write(output, samples);
    this.clock += samples;
    if (this.clock >= this.late + this.last) {
      this.playing = false;
      this.port.postMessage({ kind: "ended" });
    }
    return true;
  }

  /** Copy input samples to the block that is collected, and to the past. */
  read(input, samples) {
    const size = this.past[0].length;
    for (let i = 0; i < samples; i++) {
      if (this.audio && this.place >= this.audio[0].length && this.repeat && this.end < 0) this.place = 0;
      const inside = this.audio ? this.place < this.audio[0].length && this.end < 0 : true;
      if (!inside && this.end < 0) {
        this.last = this.clock + i;
        this.end = Math.ceil(this.last / this.ratio) * this.ratio;
      }
      const to = (this.clock + i) % size;
      for (let c = 0; c < this.channels; c++) {
        let value = 0;
        if (this.audio) value = inside ? this.audio[c][this.place] : 0;
        else if (input.length) value = input[Math.min(c, input.length - 1)][i];
        this.past[c][to] = value;
        this.collect[c * this.block + this.filled] = value;
      }
      this.place++;
      if (++this.filled === this.block) {
        this.worker.postMessage({ stream: this.stream, audio: this.collect, end: this.end }, [this.collect.buffer]);
        this.sent += this.block;
        this.collect = this.array();
        this.filled = 0;
      }
    }
  }

  /** Write output samples. */
  write(output, samples) {
    const size = this.past[0].length;
    for (let i = 0; i < samples; i++) {
      if (this.model < this.target) this.model = Math.min(this.target, this.model + 1 / RAMP);
      if (this.model > this.target) this.model = Math.max(this.target, this.model - 1 / RAMP);
      const now = this.clock + i;
      const at = (now - this.wait) % this.block;
      const sounding = now >= this.wait;
      for (let c = 0; c < output.length; c++) {
        const channel = Math.min(c, this.channels - 1);
        const model = sounding ? this.due[0][channel * this.block + at] : 0;
        const original = now >= this.late ? this.past[channel][(now - this.late) % size] : 0;
        output[c][i] = this.model * model + (1 - this.model) * original; // at 0 and 1, exactly one of the two
      }
      if (sounding && at === this.block - 1) this.spare.push(this.due.shift());
    }
  }
}

registerProcessor("through", Through);
