// Drives the page in Chromium, and writes what came of it: sounds as raw float32, channel by channel, and facts.json.
//
// node test/page.mjs CHROMIUM URL PLAIN_URL FOLDER. PLAIN_URL is the same page without the headers that allow threads.
// tests/web/test_page.py judges what was written.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, url, plainUrl, folder] = process.argv.slice(2);
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream", // a microphone that hears beeps
  "--use-fake-ui-for-media-stream",
];
const PATIENCE = 120_000; // ms; of a machine that is very busy

const facts = { requests: [], errors: [] };
const browser = await chromium.launch({ executablePath, args: QUIET });

/** The page before it has loaded; `prepare` is called with it first. */
async function loading(address, viewport, prepare = () => {}) {
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(PATIENCE);
  page.on("request", (request) => facts.requests.push(request.url()));
  page.on("pageerror", (error) => facts.errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && facts.errors.push(message.text()));
  await prepare(page);
  await page.goto(address);
  return page;
}

async function opened(address, viewport) {
  const page = await loading(address, viewport);
  await page.evaluate(async () => {
    globalThis.live = await globalThis.app;
    globalThis.sent = async (channels) => {
      const blob = new Blob(channels);
      const read = new FileReader();
      await new Promise((resolve) => ((read.onload = resolve), read.readAsDataURL(blob)));
      return read.result.split(",")[1];
    };
  });
  return page;
}

/** Write the channels that a function in the page gives. */
async function keep(page, name, work, given) {
  const text = await page.evaluate(async ([work, given]) => sent(await eval(work)(given)), [`(${work})`, given]);
  await writeFile(join(folder, `${name}.f32`), Buffer.from(text, "base64"));
}

const told = (page) => page.evaluate(() => document.getElementById("status").textContent);
const heard = (page) => page.waitForFunction(() => live.playing && live.newest?.clock > 0);

const NARROW = { width: 360, height: 740 };

// Space while it loads: the demo's sound is kept back for so long.

let release;
const released = new Promise((resolve) => (release = resolve));
const early = await loading(url, NARROW, (page) =>
  page.route("**/demo.flac", async (route) => {
    await released;
    await route.continue();
  }),
);
await early.waitForFunction(() => !document.getElementById("play").disabled);
facts.loading = { word: await early.locator("#play").innerText(), told: [await told(early)] };
for (let press = 0; press < 3; press++) {
  await early.keyboard.press("Space");
  facts.loading.told.push(await told(early));
}
release();
await early.waitForFunction(() => document.body.classList.contains("playing"));
facts.loading.told.push(await told(early));
await early.close();

const page = await opened(url, NARROW);
facts.isolated = await page.evaluate(() => crossOriginIsolated);
facts.width = await page.evaluate(() => document.documentElement.scrollWidth);

// The engine: what goes in comes out, whatever the block.

await keep(page, "input", () => live.sounds.demo.audio);
for (const frames of [1, 2, 7, 150]) {
  await keep(page, `neutral-${frames}`, async (frames) => (await live.engine.render(live.sounds.demo.audio, frames)).channels, frames);
}
await keep(page, "short", async () => (await live.engine.render(live.sounds.demo.audio.map((each) => each.subarray(60_000, 60_700)), 2)).channels);
async function moving() {
  const { engine } = live;
  const moves = {
    0: { glide: 150 },
    4: { offset: Float32Array.from({ length: engine.latents }, (_, c) => Math.sin(c)) },
    8: { freeze: true },
    11: { gain: Float32Array.from({ length: engine.latents }, (_, c) => 1 + 0.5 * Math.cos(c)), glide: 0 },
    14: { freeze: false },
  };
  const before = (block) => moves[block] && engine.set(moves[block]);
  const { channels } = await engine.render(live.sounds.demo.audio, 3, before);
  live.neutral();
  return channels;
}

await keep(page, "moving", moving);

// The sliders, by keyboard; first those along directions, alone.

facts.note = await page.locator("#note").innerText();
facts.named = await page.locator("#directions input").evaluateAll((all) => all.map((each) => each.ariaLabel));
const hinted = () => page.locator("#hint").isVisible();
facts.hint = [await hinted()];
for (const kind of ["directions", "latents"]) {
  await page.locator(`#${kind} input`).nth(1).screenshot({ path: join(folder, `${kind}.png`) });
}
await page.locator("#directions input").nth(1).focus();
for (let press = 0; press < 3; press++) await page.keyboard.press("PageUp");
await page.locator("#directions input").nth(7).focus();
await page.keyboard.press("Home");
facts.hint.push(await hinted());
facts.along = await page.evaluate(() => [...live.engine.controls.along]);
facts.coordinates = await page.evaluate(() => {
  const { basis, controls } = live.engine;
  return [...basis.coordinates(basis.moved(controls.along, Float32Array.from(basis.mean)))];
});
await keep(page, "along", async () => (await live.engine.render(live.sounds.demo.audio, 4)).channels);
await page.keyboard.press("n");

const slider = (number, mode) => page.locator(`input[aria-label="Latent ${number}, ${mode}"]`);
await slider(3, "offset").focus();
for (let press = 0; press < 5; press++) await page.keyboard.press("PageUp");
await slider(9, "offset").focus();
await page.keyboard.press("Home");
await slider(10, "offset").focus();
await page.keyboard.press("End");
await page.keyboard.press("Delete"); // at rest again
await page.locator("input[name=mode][value=gain]").press("Space");
await slider(40, "gain").focus();
await page.keyboard.press("Home");
facts.controls = await page.evaluate(() => {
  const { gain, offset, freeze, glide } = live.engine.controls;
  return { gain: [...gain], offset: [...offset], freeze, glide };
});
await keep(page, "bent", async () => (await live.engine.render(live.sounds.demo.audio, 4)).channels);
await page.keyboard.press("n");
facts.after_reset = await page.evaluate(() => {
  const { gain, offset, along, freeze, glide } = live.engine.controls;
  const none = [...offset, ...along].every((each) => each === 0);
  return gain.every((each) => each === 1) && none && !freeze && glide === 0;
});

// The audio thread: the player in a context that renders as fast as the model gives.

async function through({ frames, model, samples, repeat }) {
  const { Player } = await import("./sound.js");
  const { engine, sounds } = live;
  const audio = sounds.demo.audio.map((each) => each.slice(0, samples));
  const block = frames * engine.ratio;
  const total = audio[0].length * (repeat ? 2 : 1);
  const length = Math.ceil((total + 2 * block + engine.latency) / 128 + 4) * 128;
  const context = new OfflineAudioContext(engine.channels, length, engine.sampleRate);
  const player = await Player.open(context, engine, frames);
  let ended = false;
  player.on("ended", () => (ended = true));
  player.hear(model, true);
  player.start({ audio }, { repeat });
  for (let at = block; at < length; at += block) {
    context.suspend(at / engine.sampleRate).then(async () => {
      await player.settle();
      context.resume();
    });
  }
  await player.settle(); // all is computed that is due before the clock runs
  const came = await context.startRendering();
  while (!ended && !repeat) await new Promise((resolve) => setTimeout(resolve, 10));
  return audio.map((_, c) => came.getChannelData(c).subarray(player.silence, player.silence + total));
}

await keep(page, "played-2", through, { frames: 2, model: true });
await keep(page, "played-5", through, { frames: 5, model: true });
await keep(page, "original", through, { frames: 2, model: false });
await keep(page, "repeated", through, { frames: 4, model: true, samples: 50_000, repeat: true });

// By keyboard: play, compare, freeze, stop.

await page.evaluate(() => document.activeElement.blur());
await page.keyboard.press("Space");
await heard(page);
facts.playing = { told: await told(page), word: await page.locator("#play").innerText() };
await page.keyboard.press("o");
await page.keyboard.press("f");
facts.pressed = {
  original: await page.locator("input[name=hear][value=original]").isChecked(),
  frozen: await page.locator("#freeze").getAttribute("aria-pressed"),
};
await page.keyboard.press("Space");
facts.stopped = { told: await told(page), word: await page.locator("#play").innerText() };
await page.keyboard.press("n");

/** Everything that Tab reaches, and whether it has a name. */
facts.reached = await page.evaluate(() =>
  [...document.querySelectorAll("button, input:not([hidden]), select")].map((each) => {
    const name = each.getAttribute("aria-label") ?? each.labels?.[0]?.textContent ?? each.textContent;
    return { tag: each.tagName, name: name.trim() };
  }),
);

// Drops.

async function drop(name, bytes) {
  await page.evaluate(
    ([name, bytes]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, [...bytes]],
  );
  const answered = (name) => {
    const text = document.getElementById("status").textContent;
    return text.includes(name) && !text.startsWith("Reading");
  };
  await page.waitForFunction(answered, name);
  return told(page);
}

/** A WAV of one channel, 16 bit, 44.1 kHz, that counts up. */
function wav(samples) {
  const file = Buffer.alloc(44 + 2 * samples);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + 2 * samples, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(44_100, 24);
  file.writeUInt32LE(88_200, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(2 * samples, 40);
  for (let i = 0; i < samples; i++) file.writeInt16LE(i - 2000, 44 + 2 * i);
  return file;
}

facts.bad_drop = { told: await drop("letter.txt", Buffer.from("no sound")), source: await page.evaluate(() => live.source) };
facts.drop = { told: await drop("up.wav", wav(4000)), source: await page.evaluate(() => live.source) };
await keep(page, "dropped", () => live.sound.audio);

// The microphone.

await page.locator("input[name=source][value=microphone]").check();
await page.keyboard.press("Space");
await heard(page);
await page.waitForFunction(() => live.latents.held?.some((each) => Math.abs(each) > 0.1));
facts.microphone = await told(page);
await page.keyboard.press("Space");
await page.waitForFunction(() => !live.playing && !live.sounds.microphone);

// Realtime factor: seconds of sound in a second of computing.

facts.rtf = await page.evaluate(async () => {
  const { engine, sounds } = live;
  const { ms } = await engine.render(sounds.demo.audio, 4);
  return (4 * engine.ratio * 1000) / engine.sampleRate / ms.sort((a, b) => a - b)[ms.length >> 1];
});
console.log(`realtime factor ${facts.rtf.toFixed(1)}`);

// Another latency, chosen while it plays.

facts.latencies = await page.locator("#latency option").allInnerTexts();
facts.blocks = await page.evaluate(() => [live.automatic, [...document.getElementById("block").options].map((each) => each.text)]);
await page.locator("input[name=source][value=demo]").check();
await page.keyboard.press("Space");
await heard(page);
await page.locator("#latency").selectOption("1");
await page.waitForFunction(() => live.engine.model === live.engine.about.models[1] && live.newest?.clock > 0);
facts.sooner = await told(page);
await page.keyboard.press("Space");
await keep(page, "sooner-2", through, { frames: 2, model: true });
await keep(page, "sooner-moving", moving);
await page.close();

// Threads, and a server that knows nothing of them.

for (const [name, address] of Object.entries({ plain: plainUrl, threads: `${url}/?threads=2` })) {
  const other = await opened(address);
  facts[name] = await other.evaluate(() => live.engine.threads);
  await keep(other, name, async () => (await live.engine.render(live.sounds.demo.audio, 40)).channels);
  await other.close();
}

await writeFile(join(folder, "facts.json"), JSON.stringify(facts));
await browser.close();
