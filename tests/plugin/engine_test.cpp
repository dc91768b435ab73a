// Promises of the plug-in's engine and resampler, with models that only delay. `engine_test NAME` checks one of them.
//
// The signal counts its samples, so a sample says by itself whether it is in its place.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "../../plugin/engine.hpp"
#include "../../plugin/mixer.hpp"
#include "../../plugin/resampled.hpp"

using saoctl::Engine, saoctl::Model, saoctl::Resampled, saoctl::Semaphore, saoctl::Settings;

#define CHECK(what) \
  if (!(what)) std::printf("line %d: %s\n", __LINE__, #what), std::exit(1)

constexpr int64_t BLOCK = 64, LATENCY = 150, SLACK = 64, BACKLOG = 16 * BLOCK, DELAY = BLOCK + SLACK + LATENCY;

/// Delays one channel. If it is gated, it computes a block for each post.
class Delay : public Model {
 public:
  std::atomic<State> now{State::Ready};
  std::atomic<int> begun{0}, computed{0};
  std::atomic<bool> gated{false}, throws{false};
  Semaphore gate;
  std::string reason;

  int channels_in() const override { return 1; }
  int channels_out() const override { return 1; }
  int64_t block() const override { return BLOCK; }
  int64_t latency() const override { return LATENCY; }
  State state() const override { return now.load(); }
  void begin() override { line_.assign(LATENCY, 0.0f), ++begun; }
  void compute(const float* in, float* out, const Settings& settings) override {
    if (throws) throw std::runtime_error("no more");
    if (gated) gate.wait();
    for (int64_t index = 0; index < BLOCK; ++index) {
      line_.push_back(in[index] * settings.scale);
      out[index] = line_.front();
      line_.pop_front();
    }
    ++computed;
  }
  void fail(const char* why) override { reason = why, now = State::Broken; }

 private:
  std::deque<float> line_;
};

/// What a host does: it counts, and plays.
struct Host {
  Engine& engine;
  int64_t position = 0;
  std::vector<float> out{};

  void play(int64_t count, bool wait) {
    std::vector<float> buffer(count);
    for (float& sample : buffer) sample = ++position;
    float* channel[] = {buffer.data()};
    engine.process(channel, channel, count, Settings(), wait);  // in place, as hosts may do it
    out.insert(out.end(), buffer.begin(), buffer.end());
  }

  /// Tells whether all since `from` are the samples of a signal that began at `began`.
  bool exact(int64_t from, int64_t began = 0) const {
    for (int64_t index = from; index < static_cast<int64_t>(out.size()); ++index) {
      const int64_t due = index - began - DELAY;
      if (out[index] != (due < 0 ? 0.0f : static_cast<float>(began + due + 1))) return false;
    }
    return true;
  }
};

void until(const std::function<bool()>& done) {
  while (!done()) std::this_thread::yield();
}

void rendering_is_exact_whatever_the_buffers() {
  Delay model;
  Engine engine(model, SLACK, BACKLOG);
  Host host{engine};
  std::mt19937 random(1);
  for (const int64_t size : {1, 63, 64, 65, 1000}) host.play(size, true);
  for (int call = 0; call < 200; ++call) host.play(1 + random() % 300, true);
  CHECK(host.exact(0));
  CHECK(engine.missed() == 0);
  CHECK(model.begun == 1);
}

void a_fresh_signal_has_nothing_of_the_one_before() {
  Delay model;
  Engine engine(model, SLACK, BACKLOG);
  Host host{engine};
  host.play(1001, true);
  engine.begin();
  host.play(1001, true);
  CHECK(host.exact(1001, 1001));
  CHECK(engine.missed() == 0);
}

void what_is_late_is_silence_and_the_rest_is_in_its_place() {
  Delay model;
  Engine engine(model, SLACK, BACKLOG);
  Host host{engine};
  const auto keep_up = [&](int blocks) {
    for (int block = 0; block < blocks; ++block) {
      const int before = model.computed;
      host.play(BLOCK, false);
      until([&] { return model.computed > before; });
    }
  };
  keep_up(20);
  CHECK(host.exact(0));
  model.gated = true;
  for (int block = 0; block < 5; ++block) host.play(BLOCK, false);  // the worker holds the first of them
  const int64_t stopped = host.out.size();
  for (int block = 0; block < 5; ++block) model.gate.post();
  until([&] { return model.computed == 25; });
  model.gated = false;
  keep_up(10);
  const int64_t missed = engine.missed();
  int64_t silent = 0;
  for (int64_t index = DELAY; index < static_cast<int64_t>(host.out.size()); ++index) {
    const float sample = host.out[index];
    CHECK(sample == 0.0f || sample == static_cast<float>(index - DELAY + 1));
    silent += sample == 0.0f;
  }
  CHECK(missed == 3 * BLOCK);  // of five calls, the first two were given out before
  CHECK(silent == missed);
  CHECK(host.exact(stopped));
  CHECK(model.begun == 1);  // it did not lose its place
}

void after_more_than_the_ring_a_fresh_signal_begins_in_its_place() {
  Delay model;
  Engine engine(model, SLACK, BACKLOG);
  Host host{engine};
  model.gated = true;
  for (int block = 0; block < 100; ++block) host.play(BLOCK, false);
  CHECK(model.computed == 0);
  model.gated = false;
  model.gate.post();
  while (model.begun < 2) host.play(BLOCK, false), std::this_thread::yield();
  const int64_t resumed = host.out.size();
  while (host.out.back() != static_cast<float>(host.position - DELAY)) {  // until the worker has caught up
    host.play(BLOCK, false);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  for (int64_t index = resumed; index < static_cast<int64_t>(host.out.size()); ++index)
    CHECK(host.out[index] == 0.0f || host.out[index] == static_cast<float>(index - DELAY + 1));
}

void a_broken_model_is_silent_and_nobody_waits_for_it() {
  Delay model;
  Engine engine(model, SLACK, BACKLOG);
  Host host{engine};
  host.play(1000, true);
  model.throws = true;
  for (int call = 0; call < 100; ++call) host.play(100, true);
  CHECK(model.now == Model::State::Broken);
  CHECK(model.reason == "no more");
  CHECK(host.out.back() == 0.0f);
}

void a_rendering_waits_for_a_model_that_loads_and_playing_does_not() {
  Delay model;
  model.now = Model::State::Loading;
  Engine engine(model, SLACK, BACKLOG);
  Host host{engine};
  host.play(1000, false);
  CHECK(engine.missed() == 0);
  for (const float sample : host.out) CHECK(sample == 0.0f);
  std::thread loader([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    model.now = Model::State::Ready;
  });
  host.play(1000, true);
  loader.join();
  CHECK(host.exact(1000, 1000));
}

void threads_that_race_leave_every_sample_in_its_place() {
  Delay model;
  Engine engine(model, SLACK, BACKLOG);
  std::mt19937 random(2);
  for (int signal = 0; signal < 20; ++signal) {
    engine.begin();
    Host host{engine};
    for (int call = 0; call < 200; ++call) host.play(1 + random() % 200, random() % 4 == 0);
    for (int64_t index = 0; index < static_cast<int64_t>(host.out.size()); ++index)
      CHECK(host.out[index] == 0.0f || host.out[index] == static_cast<float>(index - DELAY + 1));
  }
}

void another_rate_gives_the_same_sound_later_by_whole_samples() {
  for (const double rate : {48000.0, 96000.0, 22050.0}) {
    Delay model;
    Resampled resampled(model, 44100.0, rate);
    resampled.begin();
    const int64_t block = resampled.block(), latency = resampled.latency();
    std::vector<float> in(block), out(block);
    double power = 0.0, error = 0.0;
    const auto sine = [&](int64_t at) { return at < 0 ? 0.0 : std::sin(2.0 * M_PI * 1000.0 * at / rate); };
    for (int64_t at = 0; at < 2 * rate; at += block) {
      for (int64_t index = 0; index < block; ++index) in[index] = sine(at + index);
      resampled.compute(in.data(), out.data(), Settings());
      for (int64_t index = 0; index < block; ++index) {
        const int64_t due = at + index - latency;
        if (due < rate / 10) continue;  // the edge of the sine has no band limit
        power += sine(due) * sine(due);
        error += std::pow(out[index] - sine(due), 2.0);
      }
    }
    CHECK(10.0 * std::log10(power / error) > 120.0);
  }
}

void the_dry_signal_is_in_time_and_a_change_does_not_click() {
  saoctl::Mixer mixer;
  constexpr int64_t LATE = 10, RAMP = 8;
  mixer.prepare(1, LATE, 16, RAMP);
  std::vector<float> heard;
  for (int call = 0; call < 20; ++call) {
    std::vector<float> in(16), out(16, 1000.0f);
    for (int index = 0; index < 16; ++index) in[index] = call * 16 + index;
    const float* from[] = {in.data()};
    float* to[] = {out.data()};
    mixer.take(from, 16);
    mixer.mix(to, 16, 1.0f, 0.5f, call >= 10);  // half as loud, then bypassed, which is as loud as before
    heard.insert(heard.end(), out.begin(), out.end());
  }
  for (int index = 0; index < 160; ++index) CHECK(heard[index] == 500.0f);
  for (int index = 160; index < 168; ++index) CHECK(std::abs(heard[index] - heard[index - 1]) < 500.0f / RAMP + 20.0f);
  for (int index = 168; index < 320; ++index) CHECK(heard[index] == static_cast<float>(index - LATE));
}

#define NAMED(name) {#name, name}
const std::map<std::string, void (*)()> TESTS{
    NAMED(rendering_is_exact_whatever_the_buffers),
    NAMED(a_fresh_signal_has_nothing_of_the_one_before),
    NAMED(what_is_late_is_silence_and_the_rest_is_in_its_place),
    NAMED(after_more_than_the_ring_a_fresh_signal_begins_in_its_place),
    NAMED(a_broken_model_is_silent_and_nobody_waits_for_it),
    NAMED(a_rendering_waits_for_a_model_that_loads_and_playing_does_not),
    NAMED(threads_that_race_leave_every_sample_in_its_place),
    NAMED(another_rate_gives_the_same_sound_later_by_whole_samples),
    NAMED(the_dry_signal_is_in_time_and_a_change_does_not_click),
};

int main(int count, char** arguments) {
  for (int index = 1; index < count; ++index) TESTS.at(arguments[index])();
  if (count == 1)
    for (const auto& [name, test] : TESTS) std::printf("%s\n", name.c_str());
}
