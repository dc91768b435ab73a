// The sound, in the audio thread: it collects blocks, hands them to the model, and plays what comes back in time.
//
// Its clock counts the samples that have gone in. Sample n of the model's output sounds at n + two blocks: one to
// collect, one to compute. If it is not there, the clock waits: silence sounds and nothing goes in. So the delay never
// changes, no sample of the model's output is lost, and a file has a gap and no jump. A microphone's samples of that
// time are lost. The original sounds as late as the model's output does, so that the two can be compared.
//
// At first the queue is filled: the clock does not begin to run before the model has computed the first `lead` samples,
// of a file ahead of time, and of silence before a microphone. The model's first blocks take longer than the others, and
// so none of them can be late. All output of that time precedes the signal, and is silence.

const RAMP = 441; // samples from the one to the other

class Through extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super();
    const { block, channels, latency, ratio, lead } = processorOptions;
    Object.assign(this, { block, channels, latency, ratio, lead });
    this.wait = 2 * block;
    this.late = this.wait + latency; // of the original
    this.past = Array.from({ length: channels }, () => new Float32Array(this.late + 128));
    this.spare = []; // arrays that come back, so that none must be made here
    this.model = 1; // how much of it is heard
    this.target = 1;
    this.playing = false;
    this.port.onmessage = ({ data }) => this[data.kind](data);
  }

  connect({ port }) {
    this.worker = port;
    port.onmessage = ({ data }) => this.came(data);
  }

  /** Begin a stream: of `audio`, channel by channel, from sample `begin` on; or of what comes in. */
  start({ stream, audio, begin, repeat }) {
    Object.assign(this, { stream, audio, repeat });
    this.place = begin ?? 0; // in the audio
    this.clock = 0;
    this.end = -1; // of the signal, in samples of the clock; whole frames
    this.last = Infinity; // the last sample of it, without what fills up the frame
    this.sent = 0;
    this.due = []; // what has come and is not heard yet
    this.ready = 0; // samples that have come, in all
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

  /** Hand the model the next block without waiting for its time. */
  prefill() {
    this.read([], this.block);
    this.clock += this.block;
  }

  /** A block of the beginning has come: hand out the next one, or let the clock run. */
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

  /** Answer when the model has given back all that it was given; for who renders offline. */
  settle() {
    this.settling = true;
    this.settled();
  }

  settled() {
    if (!this.settling || this.prefilling || this.ready < this.sent) return;
    this.settling = false;
    this.port.postMessage({ kind: "settled" });
  }

  came({ stream, audio, latents, frame, ms }) {
    if (stream !== this.stream) return; // of one that was left
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

  /** What goes in, into the block that is collected, and into the past. */
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

  /** What is heard. */
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
        output[c][i] = this.model * model + (1 - this.model) * original; // at 0 and 1 the one alone, to the bit
      }
      if (sounding && at === this.block - 1) this.spare.push(this.due.shift());
    }
  }
}

registerProcessor("through", Through);
