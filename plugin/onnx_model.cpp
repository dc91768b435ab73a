// The model of an .onnx file, which is loaded on a thread of its own.
#include "onnx_model.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <utility>

#include "runtime.hpp"
#include "stream.hpp"

namespace saoctl {

OnnxModel::OnnxModel(Numbers numbers, std::filesystem::path folder, const std::string& name,
                     std::filesystem::path runtime, std::function<void(const std::string&)> report)
    : numbers_(numbers),
      folder_(std::move(folder)),
      file_(folder_ / name),
      runtime_(std::move(runtime)),
      report_(std::move(report)) {}

OnnxModel::~OnnxModel() {
  if (loader_.joinable()) loader_.join();
}

void OnnxModel::load() {
  if (loader_.joinable()) return;
  loader_ = std::thread([this] {
    try {
      open();
      state_.store(State::Ready, std::memory_order_release);
    } catch (const std::exception& error) {
      fail(error.what());
    }
  });
}

void OnnxModel::open() {
  open_runtime(runtime_);
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(numbers_.threads);
  options.AddConfigEntry("session.intra_op.allow_spinning", "0");  // other plug-ins need the cores
  stream_ = std::make_unique<Stream>(file_, options);
  if (stream_->latency != numbers_.latency || stream_->sample_rate != numbers_.sample_rate ||
      stream_->out_channels != numbers_.channels || stream_->decodes() != numbers_.generates ||
      numbers_.block % stream_->block_size || (stream_->fixed && numbers_.block != stream_->block_size))
    saoctl::fail(file_.string() + " is not the model that this plug-in was built for: run make plugin again.");
  loop_.resize(numbers_.loop * stream_->in_channels);
  std::ifstream latents(folder_ / "latents.f32", std::ios::binary);
  if (!loop_.empty() && !latents.read(reinterpret_cast<char*>(loop_.data()), loop_.size() * sizeof(float)))
    saoctl::fail(folder_.string() + " has no latents.f32 that this plug-in was built for: run make plugin again.");
}

/// Returns a latent of the loop, or 0, which the sliders move.
float OnnxModel::latent(int64_t channel, int64_t frame) const {
  return numbers_.loop ? loop_[channel * numbers_.loop + frame % numbers_.loop] : 0.0f;
}

void OnnxModel::begin() { stream_->begin(); }

void OnnxModel::compute(const float* in, float* out, const Settings& settings) {
  const int64_t frames = numbers_.block / stream_->ratio;
  const auto set = [](Values& values, std::size_t index, float value) {
    if (index < values.size()) values[index] = value;
  };
  std::fill(stream_->gain.begin(), stream_->gain.end(), settings.scale);
  for (int slider = 0; slider < SLIDERS; ++slider) set(stream_->offset, slider, settings.bias[slider]);
  set(stream_->motion, 0, settings.freeze);
  set(stream_->motion, 1, settings.glide);
  set(stream_->motion, 2, settings.rest);
  stream_->noise = settings.noise;
  Values block;
  if (numbers_.generates) {
    const int64_t first = stream_->position / stream_->ratio;
    for (int64_t channel = 0; channel < stream_->in_channels; ++channel)
      for (int64_t frame = 0; frame < frames; ++frame) block.push_back(latent(channel, first + frame));
  } else {
    block.assign(in, in + stream_->in_channels * numbers_.block);
  }
  const Values& made = stream_->step(block, frames);
  std::copy(made.begin(), made.end(), out);
}

void OnnxModel::fail(const char* reason) {
  state_.store(State::Broken, std::memory_order_release);
  report_(reason);
}

}  // namespace saoctl
