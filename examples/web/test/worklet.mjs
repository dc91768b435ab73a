// Plays with the audio thread's processor in node, in a time of its own, and prints what came of it as JSON.
//
// The model is a line of delay that takes as long for a block as it is told. tests/web/test_page.py judges.

const RATIO = 256;
const LATENCY = 17 * RATIO + 37; // as many blocks as the demo's model has
const QUANTUM = 128;
const BLOCK = 2 * RATIO;
const DELAY = 2 * BLOCK + LATENCY;
const LEAD = Math.floor(DELAY / BLOCK) * BLOCK;

let Through;
globalThis.currentTime = 0;
globalThis.AudioWorkletProcessor = class {
  port = { postMessage: () => {} };
};
globalThis.registerProcessor = (_, given) => (Through = given);
await import("../page/worklet.js");

/** What the audio thread and the model do with each other; time is counted in samples. */
class Machine {
  /** @param {function(number): number} cost how long the model takes for a block of that number, in blocks */
  constructor(cost) {
    this.cost = cost;
    this.now = this.free = this.asked = 0;
    this.queue = []; // blocks with the time when they are computed
    this.past = new Array(LATENCY).fill(0);
    this.heard = [];
    const processorOptions = { block: BLOCK, channels: 1, latency: LATENCY, ratio: RATIO, lead: LEAD };
    this.node = new Through({ processorOptions });
    this.node.connect({ port: { postMessage: (block) => this.ask(block) } });
  }

  ask({ stream, audio }) {
    this.free = Math.max(this.free, this.now) + this.cost(this.asked++) * BLOCK;
    this.past.push(...audio);
    const given = Float32Array.from(this.past.splice(0, BLOCK));
    this.queue.push({ ready: this.free, answer: { stream, audio: given, latents: [], frame: 0, ms: 0 } });
  }

  /** Let so many samples of time go by; the microphone hears `input`. */
  run(samples, input = (now) => now) {
    for (const end = this.now + samples; this.now < end; this.now += QUANTUM) {
      while (this.queue[0]?.ready <= this.now) this.node.receive(this.queue.shift().answer);
      const output = new Float32Array(QUANTUM);
      const live = Float32Array.from({ length: QUANTUM }, (_, i) => input(this.now + i));
      this.node.process([[live]], [[output]]);
      this.heard.push(...output);
    }
  }

  /** Samples before the first that is no silence, and whether all after it are one more than the one before. */
  get result() {
    const first = this.heard.findIndex((value) => value !== 0);
    const sound = this.heard.slice(first);
    const whole = first >= 0 && sound.every((value, i) => value === sound[0] + i);
    return { first, begins: sound[0], whole, gaps: this.node.gaps, asked: this.asked };
  }
}

const SLOW = 8; // blocks at the beginning, as while a browser still translates the model
const phone = (block) => (block < SLOW ? 3 : 0.7);
const audio = [Float32Array.from({ length: 60 * BLOCK }, (_, i) => i + 1)];
const facts = { blocks: LEAD / BLOCK, silence: DELAY - LEAD };

const file = new Machine(phone);
file.node.start({ stream: 1, audio, begin: 0, repeat: false });
file.run(60 * BLOCK);
facts.file = file.result;

const microphone = new Machine(phone);
microphone.node.start({ stream: 1 });
microphone.run(60 * BLOCK, (now) => now + 1);
facts.microphone = microphone.result;

// The model never answers the last block that is due before the clock runs.
const never = new Machine((block) => (block < LEAD / BLOCK - 1 ? 0.1 : Infinity));
never.node.start({ stream: 1, audio, begin: 0, repeat: false });
never.run(60 * BLOCK);
facts.never = never.result;

const stopped = new Machine(() => 1);
stopped.node.start({ stream: 1, audio, begin: 0, repeat: false });
stopped.run(2.5 * BLOCK);
stopped.node.stop();
const { asked } = stopped;
stopped.run(20 * BLOCK);
facts.stopped = { before: asked, after: stopped.asked };

// A machine that cannot hold the time later on.
const late = new Machine((block) => (block === 30 ? 4 : 0.7));
late.node.start({ stream: 1, audio, begin: 0, repeat: false });
late.run(60 * BLOCK);
facts.late = { gaps: late.node.gaps, lost: late.node.lost * QUANTUM };

console.log(JSON.stringify(facts));
