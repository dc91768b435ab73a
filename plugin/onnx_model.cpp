// The model of an .onnx file, which is loaded on a thread of its own.
#include "onnx_model.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "runtime.hpp"
#include "stream.hpp"

namespace saoctl {

OnnxModel::OnnxModel(Numbers numbers, std::filesystem::path file, std::filesystem::path runtime,
                     std::function<void(const std::string&)> report)
    : numbers_(numbers), file_(std::move(file)), runtime_(std::move(runtime)), report_(std::move(report)) {}

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
  Values block(stream_->in_channels * (numbers_.generates ? frames : numbers_.block));
  if (!numbers_.generates) std::copy_n(in, block.size(), block.begin());  // else latents at 0, which the sliders move
  const Values& made = stream_->step(block, frames);
  std::copy(made.begin(), made.end(), out);
}

void OnnxModel::fail(const char* reason) {
  state_.store(State::Broken, std::memory_order_release);
  report_(reason);
}

}  // namespace saoctl
