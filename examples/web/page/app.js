// The page: its buttons, and its displays.

import { Engine } from "./engine.js";
import { Latents } from "./latents.js";
import { Load, Wave } from "./meters.js";
import { Player, decoded, microphone } from "./sound.js";
import { neutral } from "./stream.js";

const BLOCKS = [1, 2, 4, 8, 16]; // frames, or the multiples of them that the model takes
const USUAL = 2; // frames, or more if the model takes no block as short; until the automatic choice is made
const AUTO = "auto";
const LONGEST_GLIDE = 5000; // ms

const $ = (id) => document.getElementById(id);
const chosen = (name) => document.querySelector(`input[name=${name}]:checked`).value;
const choose = (name, value) => (document.querySelector(`input[name=${name}][value=${value}]`).checked = true);
const tell = (message) => ($("status").textContent = message);
const LOADING = "Loading the model.";
const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

class App {
  /** The page while its model loads; `prepare` makes it play. */
  constructor(engine) {
    this.engine = engine;
    this.sounds = {};
    this.source = "demo";
    this.loading = true;
    this.wanted = false; // whether it plays as soon as it has loaded
    this.playing = false;
    this.latents = new Latents(engine, $("directions"), $("latents"));
    this.load = new Load($("load"), $("history"));
    this.wave = new Wave($("wave"));
    $("count").textContent = engine.latents;
    this.blocks = BLOCKS.map((each) => each * engine.about.block_frames);
    for (const frames of this.blocks) {
      const samples = frames * engine.ratio;
      const ms = Math.round((samples / engine.sampleRate) * 1000);
      $("block").add(new Option(`${ms} ms`, frames));
    }
    $("block").add(new Option("Auto", AUTO, true, true), 0);
    this.automatic = Math.max(USUAL, this.blocks[0]);
    for (const [index, model] of engine.about.models.entries()) {
      const ms = Math.round((model.latency_samples / engine.sampleRate) * 1000);
      $("latency").add(new Option(model.exact ? `${ms} ms, exact` : `${ms} ms`, index));
    }
    $("latency").hidden = engine.about.models.length < 2;
    for (const id of ["directions", "directions-title"]) $(id).hidden = !engine.basis.count;
    $("note").textContent = engine.about.note ?? "";
    engine.failed = (message) => {
      this.stop();
      tell(`The model failed: ${message}`);
    };
    this.listen();
    this.showDelay();
    $("play").disabled = false;
    this.shown();
    tell(LOADING);
  }

  /** Wait for the model and its sound, and play if Play was pressed. */
  async prepare() {
    const { engine } = this;
    const name = engine.about.sound;
    const read = async () => decoded(await (await fetch(`model/${name}`)).arrayBuffer(), engine);
    const [audio] = await Promise.all([read(), engine.loaded]);
    this.sounds.demo = { name, audio };
    this.wave.set(this.sound?.audio ?? null);
    const rate = (engine.sampleRate / engine.ratio).toFixed(1);
    const threads = plural(engine.threads, "thread");
    $("model").textContent = `Model ${engine.about.name}: ${engine.latents} latents at ${rate} Hz, in ${threads}.`;
    this.loaded();
    if (this.wanted) this.play();
  }

  /** The model is there: say so, and find the smallest block in which it holds, usually before anyone presses Play. */
  loaded() {
    this.loading = false;
    this.shown();
    tell("Ready.");
    this.chosen = this.tryBlocks();
  }

  /** Set the automatic choice to the smallest block in which the model holds, or to the largest. */
  async tryBlocks() {
    for (const frames of this.blocks) {
      if (this.playing || this.loading) return; // measured beside the sound, it would say less, and disturb it
      if (frames < this.blocks.at(-1) && !(await this.engine.holds(frames))) continue;
      this.automatic = frames;
      return this.showDelay();
    }
  }

  /** Load another of the models, and go on with what was played. */
  async use(model) {
    const { playing, place } = this;
    this.stop();
    this.player?.close();
    this.player = this.newest = null;
    this.loading = true;
    this.wanted = playing;
    this.shown();
    tell(LOADING);
    await this.chosen;
    try {
      await this.engine.use(model);
    } catch (error) {
      return tell(`The model could not be loaded: ${error.message}.`);
    }
    this.loaded();
    await this.chosen;
    if (this.wanted) await this.play(place);
  }

  /** Set whether to play when the model has loaded. */
  want(wanted) {
    this.wanted = wanted;
    if (wanted) this.wake();
    tell(wanted ? `${LOADING} It plays as soon as it is there.` : LOADING);
  }

  get frames() {
    return $("block").value === AUTO ? this.automatic : Number($("block").value);
  }

  /** The sample of the sound that is heard now, to go on from; 0 if none is. */
  get place() {
    const length = this.sound?.audio?.[0].length;
    return length && this.heard > 0 ? Math.floor(this.begin + this.heard) % length : 0;
  }

  /** The chosen sound, {name, audio} or {name, media}. */
  get sound() {
    return this.sounds[chosen("source")];
  }

  // Playing

  /** Resume the AudioContext. Some browsers allow this only while a button is pressed, even to play later. */
  wake() {
    this.context ??= new AudioContext({ sampleRate: this.engine.sampleRate, latencyHint: "interactive" });
    return this.context.resume();
  }

  /** Open the player, with the chosen block. */
  async ready() {
    await this.wake();
    if (this.player?.block !== this.frames * this.engine.ratio) {
      this.player?.close();
      this.player = await Player.open(this.context, this.engine, this.frames);
      this.player.on("begun", ({ clock, time }) => (this.newest = { clock, time }));
      this.player.on("block", (block) => this.receive(block));
      this.player.on("ended", () => this.ended());
    }
  }

  async play(begin = 0) {
    try {
      if (!window.AudioWorkletNode) throw new Error("Browsers play it only over https, or from this machine.");
      const kind = chosen("source");
      if (kind === "microphone") this.sounds.microphone = { name: "the microphone", media: await microphone() };
      if (!this.sound) return this.browse();
      await this.ready();
    } catch (error) {
      this.stop();
      return tell(error.name === "NotAllowedError" ? "The browser does not allow the microphone." : error.message);
    }
    this.latents.forget();
    this.load.forget();
    this.newest = null;
    this.begin = begin;
    this.playing = true;
    this.player.hear(chosen("hear") === "model", true);
    this.player.start(this.sound, { begin, repeat: $("repeat").checked });
    this.showGaps(0, 0);
    this.showDelay();
    this.shown();
    const warning = this.sound.media ? " With loudspeakers it may howl." : "";
    tell(`Playing ${this.sound.name}.${warning}`);
    this.drawn ??= requestAnimationFrame(() => this.draw());
  }

  stop() {
    this.player?.stop();
    for (const track of this.sounds.microphone?.media.getTracks() ?? []) track.stop();
    delete this.sounds.microphone;
    this.playing = false;
    this.wave.hear(-1);
    this.shown();
  }

  toggle() {
    if (this.loading) return this.want(!this.wanted);
    if (!this.playing) return this.play();
    this.stop();
    return tell("Stopped.");
  }

  ended() {
    if (!this.playing) return;
    this.stop();
    tell("The sound has ended.");
  }

  /** If it plays, restart at `begin`: after a change that needs a new stream. */
  again(begin) {
    if (!this.playing) return;
    this.stop();
    this.play(begin);
  }

  receive({ latents, frame, ms, clock, gaps, lost, time }) {
    if (!this.playing) return;
    if (this.newest) this.newest = { clock, time }; // null until the clock runs
    this.latents.take(latents, frame);
    this.load.take(ms, (this.player.block / this.engine.sampleRate) * 1000);
    this.showGaps(gaps, lost);
    this.showDelay();
  }

  /** The estimated sample of the sound that is heard now. */
  get heard() {
    if (!this.newest) return -Infinity;
    const { sampleRate } = this.engine;
    const since = (this.context.currentTime - this.newest.time - (this.context.outputLatency || 0)) * sampleRate;
    return this.newest.clock + Math.min(since, 2 * this.player.block) - this.player.delay;
  }

  draw() {
    this.drawn = null;
    if (!this.playing) return;
    this.latents.hear(Math.floor(this.heard / this.engine.ratio));
    const length = this.sound?.audio?.[0].length;
    if (length) this.wave.hear(this.heard < 0 ? -1 : ((this.begin + this.heard) % length) / length);
    this.drawn = requestAnimationFrame(() => this.draw());
  }

  // Displays

  shown() {
    document.body.classList.toggle("loading", this.loading);
    document.body.classList.toggle("playing", this.playing);
    $("play-word").textContent = this.loading ? "Loading" : this.playing ? "Stop" : "Play";
  }

  showDelay() {
    const { latency, ratio, sampleRate } = this.engine;
    const ms = (samples) => (samples / sampleRate) * 1000;
    const buffers = ms(2 * this.frames * ratio) + 1000 * (this.context?.outputLatency || this.context?.baseLatency || 0);
    $("delay").textContent = `${Math.round(ms(latency) + buffers)} ms`;
    $("delay-parts").textContent = `${Math.round(ms(latency))} model, ${Math.round(buffers)} buffers`;
    $("samples").textContent = `${this.frames * ratio} samples`;
  }

  showGaps(gaps, lost) {
    $("gaps").textContent = gaps;
    $("gaps").classList.toggle("bad", gaps > 0);
    const ms = Math.round((lost * 128 * 1000) / this.engine.sampleRate);
    $("lost").textContent = gaps ? `${ms} ms of silence; try a larger block` : "no gap so far";
  }

  // Controls

  /** Load a sound file; play it if something plays. */
  async take(file) {
    const playing = this.playing;
    if (playing) this.stop();
    tell(`Reading ${file.name}.`);
    try {
      this.sounds.file = { name: file.name, audio: await decoded(await file.arrayBuffer(), this.engine) };
    } catch {
      if (!this.sounds.file) this.choose("demo");
      return tell(`This browser cannot read ${file.name} as sound.`);
    }
    this.choose("file");
    const seconds = (this.sounds.file.audio[0].length / this.engine.sampleRate).toFixed(1);
    tell(`${file.name}, ${seconds} s.`);
    if (playing) await this.play();
  }

  choose(source) {
    choose("source", source);
    this.source = source;
    this.wave.set(this.sound?.audio ?? null);
  }

  browse() {
    $("file").value = "";
    $("file").click();
  }

  freeze(freeze) {
    this.engine.set({ freeze });
    $("freeze").setAttribute("aria-pressed", freeze);
  }

  glide(ms) {
    this.engine.set({ glide: ms });
    $("glide").value = 100 * Math.sqrt(ms / LONGEST_GLIDE);
    $("glide-ms").textContent = `${ms} ms`;
    $("glide").setAttribute("aria-valuetext", `${ms} ms`);
  }

  neutral() {
    this.engine.set(neutral(this.engine.latents, this.engine.basis.count));
    this.freeze(false);
    this.glide(0);
    this.latents.update();
  }

  hear(which) {
    choose("hear", which);
    this.player?.hear(which === "model");
  }

  listen() {
    $("play").addEventListener("click", () => this.toggle());
    $("source").addEventListener("change", () => {
      this.source = chosen("source");
      this.wave.set(this.sound?.audio ?? null);
      if (chosen("source") === "file" && !this.sound) {
        this.stop();
        this.browse();
      } else this.again();
    });
    // Pressing File again opens another file.
    document.querySelector("input[value=file]").addEventListener("click", () => this.source === "file" && this.browse());
    $("file").addEventListener("change", () => $("file").files[0] && this.take($("file").files[0]));
    $("file").addEventListener("cancel", () => this.sounds.file || this.choose("demo"));
    $("hear").addEventListener("change", () => this.hear(chosen("hear")));
    $("repeat").addEventListener("change", () => this.player?.repeat($("repeat").checked));
    $("block").addEventListener("change", () => {
      this.showDelay();
      this.again(this.place);
    });
    $("latency").addEventListener("change", () => this.use(this.engine.about.models[$("latency").value]));
    // The hint is hidden only when a slider is released, because what is below it then moves up.
    for (const grid of ["directions", "latents"]) {
      $(grid).addEventListener("change", () => ($("hint").hidden = true));
    }
    $("mode").addEventListener("change", () => this.latents.show(chosen("mode")));
    $("freeze").addEventListener("click", () => this.freeze(!this.engine.controls.freeze));
    $("glide").addEventListener("input", () => {
      this.glide(Math.round(LONGEST_GLIDE * ($("glide").valueAsNumber / 100) ** 2));
    });
    $("neutral").addEventListener("click", () => this.neutral());
    this.listenToKeys();
    this.listenToDrops();
  }

  listenToKeys() {
    const keys = {
      " ": () => this.toggle(),
      o: () => this.hear(chosen("hear") === "model" ? "original" : "model"),
      f: () => this.freeze(!this.engine.controls.freeze),
      n: () => this.neutral(),
    };
    document.addEventListener("keydown", (event) => {
      const action = keys[event.key.toLowerCase()];
      if (!action || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      // The space bar operates these elements.
      const own = "button, select, input[type=checkbox], input[type=radio]:not(:checked)";
      if (event.key === " " && event.target.closest(own)) return;
      event.preventDefault();
      action();
    });
    // After a click, the space bar plays again.
    document.addEventListener("click", (event) => event.detail && event.target.closest("button")?.blur());
  }

  listenToDrops() {
    const over = (on) => document.body.classList.toggle("dropping", on);
    document.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget || over(false));
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      const file = event.dataTransfer.files[0];
      if (file) this.take(file);
    });
  }
}

async function begin() {
  const query = new URLSearchParams(location.search);
  const threads = query.has("threads") ? Number(query.get("threads")) : undefined;
  const app = new App(await Engine.open("model/model.json", threads));
  await app.prepare();
  return app;
}

/** The page when the model has loaded, for scripts that drive it. */
window.app = begin();
window.app.catch((error) => {
  $("play").disabled = true;
  tell(`The model could not be loaded: ${error.message}.`);
});
