// Streams a WAV through a forward .onnx of saoctl, block by block, with C++17 and onnxruntime.
//
//     stream sao.onnx in.wav out.wav [block]
//
// A block is a number of samples, a whole number of latent frames; the default is 4096. The output is as long as the
// input: the latency is dropped, and the stream is flushed at the end. docs/onnx.md describes the graph.

#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using std::int64_t, std::uint16_t, std::uint32_t;
using Values = std::vector<float>;
using Shape = std::vector<int64_t>;

/// Ends the program with a message.
[[noreturn]] void fail(const std::string& sentence) { throw std::runtime_error(sentence); }

// WAV: numbers are little-endian, and the machine must be too.
// https://learn.microsoft.com/windows/win32/api/mmreg/ns-mmreg-waveformatextensible
constexpr uint16_t PCM = 1, FLOAT = 3, EXTENSIBLE = 0xFFFE;

struct Audio {
  int64_t sample_rate = 0;
  std::vector<Values> channels;
};

/// Reads a WAV of 16-bit or 24-bit PCM or of 32-bit floats.
Audio load(const fs::path& path) {
  const std::string name = path.string();
  std::ifstream file(path, std::ios::binary);
  if (!file || !fs::is_regular_file(path)) fail("There is no file " + name + " that can be read.");
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.size() < 12 || bytes.compare(0, 4, "RIFF") != 0 || bytes.compare(8, 4, "WAVE") != 0)
    fail(name + " is not a WAV.");
  const auto number = [&](auto kind, std::size_t at) {
    if (at + sizeof kind > bytes.size()) fail(name + " is cut short.");
    std::memcpy(&kind, bytes.data() + at, sizeof kind);
    return kind;
  };
  Audio audio;
  int64_t width = 0;  // bytes per value
  bool found = false;
  for (std::size_t at = 12; at + 8 <= bytes.size() && !found;) {
    const std::size_t size = number(uint32_t{}, at + 4), begin = at + 8;
    if (bytes.compare(at, 4, "fmt ") == 0) {
      uint16_t format = number(uint16_t{}, begin);
      const uint16_t bits = number(uint16_t{}, begin + 14);
      audio.channels.resize(number(uint16_t{}, begin + 2));
      audio.sample_rate = number(uint32_t{}, begin + 4);
      if (format == EXTENSIBLE) format = number(uint16_t{}, begin + 24);
      if (!(format == PCM && (bits == 16 || bits == 24)) && !(format == FLOAT && bits == 32))
        fail(name + " is neither 16-bit or 24-bit PCM nor 32-bit float.");
      width = bits / 8;
    } else if (bytes.compare(at, 4, "data") == 0 && width > 0) {
      // A program that writes into a pipe gives the largest size: then the data go on to the end.
      const char *from = bytes.data() + begin, *end = from + std::min(size, bytes.size() - begin);
      const int64_t sample = width * audio.channels.size();
      for (found = true; sample > 0 && end - from >= sample;)
        for (Values& channel : audio.channels) {
          float value;
          std::int32_t whole = 0;
          std::memcpy(reinterpret_cast<char*>(&whole) + 4 - width, from, width);  // the highest bytes, with the sign
          if (width < 4) value = static_cast<float>(whole / 2147483648.0);
          else std::memcpy(&value, from, 4);
          channel.push_back(value);
          from += width;
        }
    }
    at = begin + size + size % 2;
  }
  if (!found || audio.channels.empty() || audio.channels[0].empty()) fail(name + " has no audio in it.");
  return audio;
}

/// Writes a WAV of 32-bit floats. It has another name until it is complete.
void save(const fs::path& path, const Audio& audio) {
  const int64_t count = audio.channels.size(), length = audio.channels[0].size(), width = 4 * count;
  const int64_t size = width * length;
  if (size + 50 > UINT32_MAX) fail("A WAV cannot be as long as " + path.string() + " would be.");
  fs::path part = path;
  part += ".part";
  std::ofstream file(part, std::ios::binary);
  const auto add = [&](const char* text, std::initializer_list<int64_t> numbers) {
    file << text;
    for (const int64_t each : numbers) file.write(reinterpret_cast<const char*>(&each), 4);
  };
  add("RIFF", {size + 50});
  add("WAVEfmt ", {18, FLOAT | count << 16, audio.sample_rate, audio.sample_rate * width, width | 32 << 16});
  file.write("\0", 2);  // the format is not extended
  add("fact", {4, length});
  add("data", {size});
  for (int64_t sample = 0; sample < length; ++sample)
    for (const Values& channel : audio.channels) file.write(reinterpret_cast<const char*>(&channel[sample]), 4);
  file.close();
  std::error_code error;
  if (file) fs::rename(part, path, error);
  if (file && !error) return;
  fs::remove(part, error);
  fail(path.string() + " cannot be written.");
}

/// The stream of one signal. It keeps the state, because the graph keeps nothing between calls.
class Stream {
 public:
  int64_t ratio, latency, flush_frames, flush_values, in_channels, out_channels, sample_rate, position = 0;

  explicit Stream(const fs::path& path) : name_(path.string()), session_(open(path)) {
    if (metadata("method") != "forward") fail(name_ + " is not a forward .onnx of saoctl.");
    ratio = number("ratio"), latency = number("latency_samples"), sample_rate = number("sample_rate");
    flush_frames = number("flush_frames"), flush_values = number("flush_values");
    in_channels = number("in_channels"), out_channels = number("out_channels");
    state_.resize(number("state_size")), next_state_ = state_;
    for (std::size_t index = 0; index < session_.GetInputCount(); ++index) {
      const auto name = session_.GetInputNameAllocated(index, allocator_);
      inputs_[name.get()] = session_.GetInputTypeInfo(index).GetTensorTypeAndShapeInfo().GetShape();
    }
  }

  /// Computes a block: [in_channels, frames * ratio] -> [out_channels, frames * ratio]. `end` is -1 until the flush.
  Values& step(Values& block, int64_t frames, int64_t end = -1) {
    const int64_t samples = frames * ratio, state_size = state_.size();
    output_.resize(out_channels * samples);
    std::vector<const char*> names, results{"output", "next_state"};
    std::vector<Ort::Value> given, taken;  // views of the vectors: nothing is copied
    for (const auto& [name, shape] : inputs_) {
      names.push_back(name.c_str());
      if (name == "block") given.push_back(view(block, {1, in_channels, samples}));
      else if (name == "state") given.push_back(view(state_, {1, state_size}));
      else if (name == "position") given.push_back(Ort::Value::CreateTensor(memory_, &position, 1, shape.data(), 1));
      else if (name == "end") given.push_back(Ort::Value::CreateTensor(memory_, &end, 1, shape.data(), 1));
      else {  // controls of the latents, with a number for each latent, or for each of its frames; all are neutral
        const Shape full = shape.size() == 3 ? Shape{1, shape[1], frames} : shape;
        neutral_[name].resize(full.size() == 3 ? shape[1] * frames : shape[0], name == "gain" ? 1.0f : 0.0f);
        given.push_back(view(neutral_[name], full));
      }
    }
    taken.push_back(view(output_, {1, out_channels, samples}));
    taken.push_back(view(next_state_, {1, state_size}));
    session_.Run(Ort::RunOptions(), names.data(), given.data(), given.size(), results.data(), taken.data(), 2);
    std::swap(state_, next_state_);
    position += samples;
    return output_;
  }

 private:
  std::string name_;
  Ort::Env env_{ORT_LOGGING_LEVEL_FATAL, "stream"};  // errors are thrown, so they need no log
  Ort::AllocatorWithDefaultOptions allocator_;
  Ort::MemoryInfo memory_ = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  Ort::Session session_;
  std::map<std::string, Shape> inputs_;
  std::map<std::string, Values> neutral_;
  Values state_, next_state_, output_;

  Ort::Session open(const fs::path& path) {
    if (!fs::is_regular_file(path)) fail("There is no file " + name_ + " that can be read.");
    try {
      return Ort::Session(env_, path.c_str(), Ort::SessionOptions());
    } catch (const Ort::Exception&) {
      fail(name_ + " is not an ONNX file that onnxruntime " + Ort::GetVersionString() + " can load.");
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

void run(const fs::path& model, const fs::path& source, const fs::path& target, const std::string& size) {
  int64_t most = 0;
  const auto [rest, error] = std::from_chars(size.data(), size.data() + size.size(), most);
  if (error != std::errc() || *rest) fail("The block must be a number of samples, not " + size + ".");
  const Audio in = load(source);
  Stream stream(model);
  const int64_t length = in.channels[0].size(), ratio = stream.ratio;
  if (most <= 0 || most % ratio)
    fail("The block must be a multiple of " + std::to_string(ratio) + " samples (a latent frame), not " + size + ".");
  if (in.sample_rate != stream.sample_rate)
    fail(source.string() + " must have a sample rate of " + std::to_string(stream.sample_rate) + " Hz, like the model.");
  if (static_cast<int64_t>(in.channels.size()) != stream.in_channels)
    fail(source.string() + " must have " + std::to_string(stream.in_channels) + " channels, like the model.");

  Audio out{in.sample_rate, std::vector<Values>(stream.out_channels)};
  const auto keep = [&](const Values& output, int64_t count) {  // the first values of a step's output
    auto from = output.begin();
    for (Values& channel : out.channels) {
      channel.insert(channel.end(), from, from + count);
      from += output.size() / out.channels.size();
    }
  };
  const auto began = std::chrono::steady_clock::now();
  Values block;
  for (int64_t done = 0; done < length; done += most) {
    const int64_t count = std::min(most, length - done), frames = (count + ratio - 1) / ratio;
    block.assign(stream.in_channels * frames * ratio, 0.0f);  // silence fills the last frame
    auto to = block.begin();
    for (const Values& channel : in.channels) {
      std::copy_n(channel.begin() + done, count, to);
      to += frames * ratio;
    }
    keep(stream.step(block, frames), frames * ratio);
  }
  block.assign(stream.in_channels * stream.flush_frames * ratio, 0.0f);
  keep(stream.step(block, stream.flush_frames, stream.position), stream.flush_values);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;

  for (Values& channel : out.channels) {  // the output is late, and a whole number of frames long
    channel.erase(channel.begin(), channel.begin() + stream.latency);
    channel.resize(length);
  }
  save(target, out);
  const double seconds = static_cast<double>(length) / in.sample_rate;
  std::printf("%.2f s of audio in %.2f s: %.1f times realtime\n", seconds, took.count(), seconds / took.count());
}

int main(int count, char** arguments) {
  try {
    if (count < 4 || count > 5) fail("Usage: stream sao.onnx in.wav out.wav [block]");
    run(arguments[1], arguments[2], arguments[3], count == 5 ? arguments[4] : "4096");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
