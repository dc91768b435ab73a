// The stream of one signal through an .onnx of saoctl, with onnxruntime. docs/onnx.md describes the graph.
#pragma once

#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace saoctl {

using std::int64_t;
using Values = std::vector<float>;
using Shape = std::vector<int64_t>;

/// Ends what the program does with a message.
[[noreturn]] inline void fail(const std::string& sentence) { throw std::runtime_error(sentence); }

/// A stream. It keeps the state, because the graph keeps nothing between calls.
class Stream {
 public:
  std::string method;
  int64_t ratio, latency, flush_frames, flush_values, in_channels, out_channels, sample_rate, position = 0;
  int64_t block_size;  ///< audio samples, of which every block is a multiple
  bool fixed = false;  ///< whether every block has just this size

  // The controls of the latents, empty if the graph has none: a scale and a bias for each latent; freeze, glide, rest.
  Values gain, offset, motion;
  bool takes_noise = false;
  float noise = 0.0f;  ///< the amount of the model's sampling noise

  /// Opens a file. Without options, onnxruntime takes as many threads as there are cores.
  explicit Stream(const std::filesystem::path& path, const Ort::SessionOptions& options = Ort::SessionOptions())
      : name_(path.string()), session_(open(path, options)) {
    method = metadata("method");
    if (method.empty()) fail(name_ + " is not an .onnx of saoctl.");
    ratio = number("ratio"), latency = number("latency_samples"), sample_rate = number("sample_rate");
    flush_frames = number("flush_frames"), flush_values = number("flush_values");
    in_channels = number("in_channels"), out_channels = number("out_channels");
    block_size = metadata("block_size").empty() ? ratio : number("block_size");
    state_.resize(number("state_size")), next_state_ = state_;
    for (std::size_t index = 0; index < session_.GetInputCount(); ++index) {
      const auto input = session_.GetInputNameAllocated(index, allocator_);
      inputs_[input.get()] = session_.GetInputTypeInfo(index).GetTensorTypeAndShapeInfo().GetShape();
    }
    for (const auto& [input, shape] : inputs_) {
      if (input == "block" && shape[2] > 0) fixed = true, block_size = shape[2] * (decodes() ? ratio : 1);
      else if (input == "gain") gain.assign(shape[0], 1.0f);
      else if (input == "offset") offset.assign(shape[0], 0.0f);
      else if (input == "motion") motion.assign(shape[0], 0.0f);
      else if (input == "noise") takes_noise = true;
      else if (input != "block" && input != "state" && input != "position" && input != "end")
        fail(name_ + " has an input " + input + ", which this program does not know: a newer saoctl wrote it.");
    }
  }

  /// Tells whether blocks are latents.
  bool decodes() const { return method == "decode"; }

  /// Begins a fresh signal.
  void begin() {
    position = 0;
    std::fill(state_.begin(), state_.end(), 0.0f);
    random_.seed();
    normal_.reset();
  }

  /// Computes a block of whole latent frames, [in_channels, T] -> [out_channels, T']. `end` is -1 until the flush.
  Values& step(Values& block, int64_t frames, int64_t end = -1) {
    const int64_t samples = frames * ratio, state_size = state_.size();
    const int64_t taken_length = decodes() ? frames : samples, given_length = method == "encode" ? frames : samples;
    output_.resize(out_channels * given_length);
    std::vector<const char*> names, results{"output", "next_state"};
    std::vector<Ort::Value> given, taken;  // views of the vectors: nothing is copied
    for (const auto& [name, shape] : inputs_) {
      names.push_back(name.c_str());
      if (name == "block") given.push_back(view(block, {1, in_channels, taken_length}));
      else if (name == "state") given.push_back(view(state_, {1, state_size}));
      else if (name == "position") given.push_back(Ort::Value::CreateTensor(memory_, &position, 1, shape.data(), 1));
      else if (name == "end") given.push_back(Ort::Value::CreateTensor(memory_, &end, 1, shape.data(), 1));
      else if (name == "gain") given.push_back(view(gain, shape));
      else if (name == "offset") given.push_back(view(offset, shape));
      else if (name == "motion") given.push_back(view(motion, shape));
      else {
        noise_.resize(shape[1] * frames);
        for (float& value : noise_) value = noise == 0.0f ? 0.0f : noise * normal_(random_);
        given.push_back(view(noise_, {1, shape[1], frames}));
      }
    }
    taken.push_back(view(output_, {1, out_channels, given_length}));
    taken.push_back(view(next_state_, {1, state_size}));
    session_.Run(Ort::RunOptions(), names.data(), given.data(), given.size(), results.data(), taken.data(), 2);
    std::swap(state_, next_state_);
    position += samples;
    return output_;
  }

 private:
  std::string name_;
  Ort::Env env_{ORT_LOGGING_LEVEL_FATAL, "saoctl"};  // errors are thrown, so they need no log
  Ort::AllocatorWithDefaultOptions allocator_;
  Ort::MemoryInfo memory_ = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  Ort::Session session_;
  std::map<std::string, Shape> inputs_;
  Values state_, next_state_, output_, noise_;
  std::mt19937 random_;  // each signal begins with the same numbers, so that a rendering can be repeated
  std::normal_distribution<float> normal_;

  Ort::Session open(const std::filesystem::path& path, const Ort::SessionOptions& options) {
    if (!std::filesystem::is_regular_file(path)) fail("There is no file " + name_ + " that can be read.");
    try {
      return Ort::Session(env_, path.c_str(), options);
    } catch (const Ort::Exception&) {
      fail(name_ + " is not an ONNX file that onnxruntime can load.");
    }
  }

  std::string metadata(const char* key) {
    const auto value = session_.GetModelMetadata().LookupCustomMetadataMapAllocated(key, allocator_);
    return value ? value.get() : "";
  }

  int64_t number(const char* key) {
    const std::string text = metadata(key);
    int64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
      fail(name_ + " has no " + key + " in its metadata.");
    return value;
  }

  Ort::Value view(Values& values, const Shape& shape) {
    return Ort::Value::CreateTensor(memory_, values.data(), values.size(), shape.data(), shape.size());
  }
};

}  // namespace saoctl
