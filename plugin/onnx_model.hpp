// The model of an .onnx file, which is loaded on a thread of its own.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "model.hpp"

namespace saoctl {

class Stream;

/// What is known of a model before it is loaded. A host asks for the latency when it has only looked at the plug-in.
struct Numbers {
  int channels;            ///< of audio
  bool generates;          ///< whether it takes latents instead of audio
  int64_t loop;            ///< latent frames that it repeats, if it generates; 0: its latents are 0
  int64_t block, latency;  ///< samples
  int64_t sample_rate;
  int threads;             ///< of onnxruntime
};

class OnnxModel : public Model {
 public:
  /// Args: its numbers, the folder and the name of the file, beside which the loop is in latents.f32, the path of
  /// onnxruntime's library, and what is done with the reason if it cannot be used.
  OnnxModel(Numbers numbers, std::filesystem::path folder, const std::string& name, std::filesystem::path runtime,
            std::function<void(const std::string&)> report);
  ~OnnxModel() override;

  /// Begins to load. Later calls do nothing.
  void load();

  int channels_in() const override { return numbers_.generates ? 0 : numbers_.channels; }
  int channels_out() const override { return numbers_.channels; }
  int64_t block() const override { return numbers_.block; }
  int64_t latency() const override { return numbers_.latency; }
  State state() const override { return state_.load(std::memory_order_acquire); }
  void begin() override;
  void compute(const float* in, float* out, const Settings& settings) override;
  void fail(const char* reason) override;

 private:
  const Numbers numbers_;
  const std::filesystem::path folder_, file_, runtime_;
  const std::function<void(const std::string&)> report_;
  std::atomic<State> state_{State::Loading};
  std::unique_ptr<Stream> stream_;
  std::vector<float> loop_;  ///< [latents, frames]
  std::thread loader_;

  void open();
  float latent(int64_t channel, int64_t frame) const;
};

}  // namespace saoctl
