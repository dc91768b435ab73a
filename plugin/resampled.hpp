// A model in a host with another sample rate: soxr converts to the model's rate and back.
//
// soxr gives out nothing before it is complete, and then in its place. So a sample of the model, freed from the model's
// latency, is in its place at the host's rate as well. What is left is a delay of whole samples, until all is there.
#pragma once

#include <memory>
#include <vector>

#include "model.hpp"

struct soxr;

namespace saoctl {

class Resampled : public Model {
 public:
  /// Args: the model, which must outlive it; the two rates in Hz.
  Resampled(Model& model, double model_rate, double host_rate);
  ~Resampled() override;

  int channels_in() const override { return model_.channels_in(); }
  int channels_out() const override { return model_.channels_out(); }
  int64_t block() const override { return block_; }
  int64_t latency() const override { return delay_; }
  State state() const override { return model_.state(); }
  void begin() override;
  void compute(const float* in, float* out, const Settings& settings) override;
  void fail(const char* reason) override { model_.fail(reason); }

 private:
  using Channels = std::vector<std::vector<float>>;

  Model& model_;
  const int64_t block_;
  int64_t delay_ = 0, early_ = 0;  ///< early_: samples of the model that are still before the signal
  soxr *down_ = nullptr, *up_ = nullptr;
  Channels pending_, due_, chunk_;
  std::vector<float> given_, made_;

  void convert(const float* in, const Settings* settings);
  void measure(int64_t samples);
};

}  // namespace saoctl
