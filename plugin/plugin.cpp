// The plug-in: what a host asks of it, in DPF's words. The model runs beside the audio thread, see engine.hpp.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "DistrhoPlugin.hpp"
#include "DistrhoPluginUtils.hpp"
#include "engine.hpp"
#include "mixer.hpp"
#include "onnx_model.hpp"
#include "parameters.hpp"
#include "resampled.hpp"

START_NAMESPACE_DISTRHO

namespace {

constexpr int64_t CHUNK = 1024;     // samples that are taken, computed and mixed at once
constexpr double RAMP_S = 0.02;     // for mix, output level and bypass
constexpr double BACKLOG_S = 0.5;   // by which the worker may be late and still catch up
constexpr int MOST_THREADS = 4;

/// Returns the threads of onnxruntime: half of the cores, since a host needs some.
int threads() {
  if (MODEL_THREADS > 0) return MODEL_THREADS;
  return std::clamp(static_cast<int>(std::thread::hardware_concurrency()) / 2, 1, MOST_THREADS);
}

/// Returns the folder inside the bundle that has the model and onnxruntime.
std::filesystem::path resources() {
  const auto folder = std::filesystem::path(getBinaryFilename()).parent_path();
  const auto vst3 = folder.parent_path() / "Resources";
  return std::filesystem::is_directory(vst3) ? vst3 : folder / "resources";
}

saoctl::Numbers numbers() {
  return {MODEL_CHANNELS, MODEL_GENERATES != 0, MODEL_LOOP, MODEL_BLOCK, MODEL_LATENCY, MODEL_RATE, threads()};
}

}  // namespace

class SaoctlPlugin : public Plugin {
 public:
  SaoctlPlugin()
      : Plugin(saoctl::controls().size(), 0, 0),
        controls_(saoctl::controls()),
        values_(controls_.size()),
        model_(numbers(), resources(), MODEL_FILE, resources() / MODEL_RUNTIME,
               [](const std::string& reason) { d_stderr("%s: %s", MODEL_NAME, reason.c_str()); }) {
    for (std::size_t index = 0; index < controls_.size(); ++index) values_[index] = controls_[index].initial;
    plan();
  }

 protected:
  const char* getLabel() const override { return MODEL_SYMBOL; }
  const char* getMaker() const override { return "saoctl"; }
  const char* getLicense() const override { return "MIT"; }
  const char* getDescription() const override { return "An audio autoencoder as an exact stream."; }
  uint32_t getVersion() const override { return d_version(1, 0, 0); }
  int64_t getUniqueId() const override { return MODEL_UNIQUE_ID; }

  void initAudioPort(bool input, uint32_t index, AudioPort& port) override {
    Plugin::initAudioPort(input, index, port);
    port.groupId = MODEL_CHANNELS == 1 ? kPortGroupMono : kPortGroupStereo;
  }

  void initParameter(uint32_t index, Parameter& parameter) override {
    const saoctl::Control& control = controls_[index];
    if (control.what == saoctl::What::Bypass) return parameter.initDesignation(kParameterDesignationBypass);
    parameter.hints = control.hints;
    parameter.name = control.name;
    parameter.symbol = control.symbol;
    parameter.unit = control.unit;
    parameter.ranges = ParameterRanges(control.initial, control.least, control.most);
  }

  float getParameterValue(uint32_t index) const override {
    return values_[index].load(std::memory_order_relaxed);
  }

  void setParameterValue(uint32_t index, float value) override {
    values_[index].store(value, std::memory_order_relaxed);
  }

  void sampleRateChanged(double) override { plan(); }
  void bufferSizeChanged(uint32_t) override { plan(); }

  /// Some hosts call it from their audio thread, so it is quick unless rate or buffer have changed.
  void activate() override {
    if (isDummyInstance()) return;
    model_.load();
    if (!engine_)
      engine_ = std::make_unique<saoctl::Engine>(*rated_, slack_, static_cast<int64_t>(BACKLOG_S * rate_));
    begin();
  }

  void run(const float** in, float** out, uint32_t count) override {
    if (!engine_) return;
    follow(in, count);
    const Sound sound = read();
    for (int64_t at = 0; at < count; at += CHUNK) {
      const int64_t part = std::min<int64_t>(CHUNK, count - at);
      const float* from[MODEL_CHANNELS];
      float* to[MODEL_CHANNELS];
      for (int channel = 0; channel < MODEL_CHANNELS; ++channel) {
        from[channel] = in[channel] + at;
        to[channel] = out[channel] + at;
      }
      mixer_.take(from, part);
      engine_->process(from, to, part, sound.settings, sound.wait || isOffline());
      mixer_.mix(to, part, sound.mix, sound.gain, sound.bypass);
    }
    values_.back().store(static_cast<float>(engine_->missed()), std::memory_order_relaxed);
  }

 private:
  /// What the parameters say, for a call of `run`.
  struct Sound {
    saoctl::Settings settings;
    float mix = 1.0f, gain = 1.0f;
    bool wait = false;  ///< for the worker, as in a rendering: for hosts that do not tell that they render
    bool bypass = false;
  };

  const std::vector<saoctl::Control> controls_;
  std::vector<std::atomic<float>> values_;
  saoctl::OnnxModel model_;
  std::unique_ptr<saoctl::Resampled> resampled_;
  saoctl::Model* rated_ = &model_;  ///< at the host's rate
  std::unique_ptr<saoctl::Engine> engine_;
  saoctl::Mixer mixer_;
  double rate_ = 0.0;
  int64_t slack_ = 0, latency_ = 0;
  int64_t ahead_ = 0;  ///< samples for which sound that came in while the transport stood is still on its way
  bool played_ = false;

  /// Follows the host's rate and buffer, and tells the latency; never while the plug-in is active.
  void plan() {
    const double rate = getSampleRate();
    if (rate != rate_) {
      engine_.reset();
      resampled_.reset();
      rate_ = rate;
      if (rate != MODEL_RATE) resampled_ = std::make_unique<saoctl::Resampled>(model_, MODEL_RATE, rate);
      rated_ = resampled_ ? static_cast<saoctl::Model*>(resampled_.get()) : &model_;
      slack_ = 0;
    }
    // The worker has the time of a block, or of the host's buffer if that is longer.
    const int64_t slack = std::max<int64_t>(rated_->block(), getBufferSize());
    if (slack != slack_) {
      engine_.reset();
      slack_ = slack;
      latency_ = rated_->latency() + rated_->block() + slack_;
      mixer_.prepare(MODEL_CHANNELS, latency_, CHUNK, static_cast<int64_t>(RAMP_S * rate_));
      setLatency(latency_);
    }
  }

  void begin() {
    engine_->begin();
    mixer_.begin();
  }

  /// Begins a fresh signal when the transport starts, unless sound came in before that is still on its way: a host that
  /// compensates the latency may give the sound that much ahead of the start. Ardour does, with LV2.
  void follow(const float** in, uint32_t count) {
    const bool playing = getTimePosition().playing;
    if (playing) {
      if (!played_ && ahead_ <= 0) begin();
      ahead_ = 0;
    } else {
      const bool sound = std::any_of(in, in + MODEL_CHANNELS, [count](const float* samples) {
        return std::any_of(samples, samples + count, [](float sample) { return sample != 0.0f; });
      });
      ahead_ = sound ? latency_ : ahead_ - count;
    }
    played_ = playing;
  }

  Sound read() const {
    Sound sound;
    for (std::size_t index = 0; index < controls_.size(); ++index) {
      const float value = values_[index].load(std::memory_order_relaxed);
      switch (controls_[index].what) {
        case saoctl::What::Slider: sound.settings.bias[controls_[index].slider] = value; break;
        case saoctl::What::Freeze: sound.settings.freeze = value; break;
        case saoctl::What::Glide: sound.settings.glide = value; break;
        case saoctl::What::Rest: sound.settings.rest = value; break;
        case saoctl::What::Scale: sound.settings.scale = value; break;
        case saoctl::What::Noise: sound.settings.noise = value; break;
        case saoctl::What::Mix: sound.mix = value / 100.0f; break;
        case saoctl::What::Level: sound.gain = std::pow(10.0f, value / 20.0f); break;
        case saoctl::What::Wait: sound.wait = value > 0.5f; break;
        case saoctl::What::Bypass: sound.bypass = value > 0.5f; break;
        case saoctl::What::Missed: break;
      }
    }
    return sound;
  }
};

Plugin* createPlugin() { return new SaoctlPlugin(); }

END_NAMESPACE_DISTRHO
