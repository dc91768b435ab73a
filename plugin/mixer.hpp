// Mixes the model's output with the input, which it delays by the latency, and turns the output up and down.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace saoctl {

/// A value that reaches what it is set to in a straight line, so that a change does not click.
class Ramp {
 public:
  void jump(float to) { value_ = to_ = to, left_ = 0; }

  void aim(float to, int64_t samples) {
    if (to == to_) return;
    to_ = to, left_ = samples, step_ = (to - value_) / samples;
  }

  float next() {
    if (left_ > 0) value_ = --left_ == 0 ? to_ : value_ + step_;
    return value_;
  }

 private:
  float value_ = 0.0f, to_ = 0.0f, step_ = 0.0f;
  int64_t left_ = 0;
};

class Mixer {
 public:
  /// Args: the channels; the latency; the most samples of a call; the samples that a change takes.
  void prepare(int channels, int64_t latency, int64_t most, int64_t ramp) {
    latency_ = latency, ramp_ = ramp;
    dry_.assign(channels, std::vector<float>(latency + most, 0.0f));
    at_ = 0;
    fresh_ = true;
  }

  /// Forgets the input that has not been heard yet.
  void begin() {
    for (auto& channel : dry_) std::fill(channel.begin(), channel.end(), 0.0f);
    fresh_ = true;
  }

  /// Keeps the input, [channels][count]; `mix` of the same samples must follow.
  void take(const float* const* in, int64_t count) {
    for (std::size_t channel = 0; channel < dry_.size(); ++channel)
      for (int64_t index = 0; index < count; ++index)
        dry_[channel][(at_ + index) % length()] = in[channel][index];
  }

  /// Mixes in place. `wet` is the part of the model, 0 to 1; `gain` is that of the output, except for what is bypassed.
  void mix(float* const* out, int64_t count, float wet, float gain, bool bypass) {
    const float to_wet = bypass ? 0.0f : wet * gain, to_dry = bypass ? 1.0f : (1.0f - wet) * gain;
    if (fresh_) wet_.jump(to_wet), dry_part_.jump(to_dry);
    fresh_ = false;
    wet_.aim(to_wet, ramp_), dry_part_.aim(to_dry, ramp_);
    for (int64_t index = 0; index < count; ++index) {
      const float wet_now = wet_.next(), dry_now = dry_part_.next();
      const int64_t late = (at_ + index + length() - latency_) % length();
      for (std::size_t channel = 0; channel < dry_.size(); ++channel) {
        float& sample = out[channel][index];
        // What is not heard must not be heard as NaN either.
        sample = (wet_now != 0.0f ? wet_now * sample : 0.0f) + (dry_now != 0.0f ? dry_now * dry_[channel][late] : 0.0f);
      }
    }
    at_ = (at_ + count) % length();
  }

 private:
  std::vector<std::vector<float>> dry_;
  int64_t at_ = 0, latency_ = 0, ramp_ = 1;
  bool fresh_ = true;
  Ramp wet_, dry_part_;

  int64_t length() const { return dry_[0].size(); }
};

}  // namespace saoctl
