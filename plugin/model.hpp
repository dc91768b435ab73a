// What the engine needs of a model: blocks of audio in, blocks of audio out, late by a latency.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace saoctl {

constexpr int SLIDERS = 8;  // latents, or directions of a basis, that have a slider

/// What a player sets. The initial values change nothing.
struct Settings {
  std::array<float, SLIDERS> bias{};  ///< of the first latents
  float freeze = 0.0f, glide = 0.0f, rest = 0.0f, scale = 1.0f, noise = 0.0f;
};

/// A stream of blocks of one size. All but `state` is called by one thread at a time.
class Model {
 public:
  enum class State { Loading, Ready, Broken };

  virtual ~Model() = default;
  virtual int channels_in() const = 0;   ///< of audio; 0 if it generates
  virtual int channels_out() const = 0;
  virtual int64_t block() const = 0;     ///< samples per call
  virtual int64_t latency() const = 0;   ///< samples by which the output is late
  virtual State state() const = 0;       ///< any thread may ask
  virtual void begin() = 0;              ///< Begins a fresh signal.
  /// Computes a block, [channels_in, block] -> [channels_out, block].
  virtual void compute(const float* in, float* out, const Settings& settings) = 0;
  virtual void fail(const char* reason) = 0;  ///< Makes it Broken and reports the reason.
};

}  // namespace saoctl
