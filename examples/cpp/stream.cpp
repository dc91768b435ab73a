// Streams a WAV through a forward .onnx of saoctl, block by block, with C++17 and onnxruntime.
//
//     stream sao.onnx in.wav out.wav [block]
//
// A block is a number of samples, a whole number of latent frames; the default is 4096, or what the file demands. The
// output is as long as the input: the latency is dropped, and the stream is flushed at the end. docs/onnx.md describes
// the graph, and ../../plugin/stream.hpp runs it.

#include "../../plugin/stream.hpp"

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
#include <string>
#include <vector>

namespace fs = std::filesystem;
using saoctl::fail, saoctl::Stream, saoctl::Values;
using std::int64_t, std::uint16_t, std::uint32_t;

constexpr int64_t DEFAULT_BLOCK = 4096;  // samples

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

void run(const fs::path& model, const fs::path& source, const fs::path& target, const std::string& size) {
  int64_t most = 0;
  const auto [rest, error] = std::from_chars(size.data(), size.data() + size.size(), most);
  if (!size.empty() && (error != std::errc() || *rest))
    fail("The block must be a number of samples, not " + size + ".");
  const Audio in = load(source);
  Stream stream(model);
  if (stream.method != "forward") fail(model.string() + " is not a forward .onnx of saoctl.");
  const int64_t length = in.channels[0].size(), ratio = stream.ratio, unit = stream.block_size;
  if (size.empty()) most = stream.fixed ? unit : std::max<int64_t>(DEFAULT_BLOCK / unit, 1) * unit;
  if (most <= 0 || most % unit || (stream.fixed && most != unit))
    fail("The block must be a multiple of " + std::to_string(unit) + " samples" +
         (unit == ratio ? " (a latent frame)" : "") + ", not " + size + ".");
  if (in.sample_rate != stream.sample_rate)
    fail(source.string() + " must have a sample rate of " + std::to_string(stream.sample_rate) + " Hz, like the model.");
  if (static_cast<int64_t>(in.channels.size()) != stream.in_channels)
    fail(source.string() + " must have " + std::to_string(stream.in_channels) + " channels, like the model.");

  Audio out{in.sample_rate, std::vector<Values>(stream.out_channels)};
  const auto step = [&](Values& block, int64_t end) {
    const int64_t samples = block.size() / stream.in_channels;
    const Values& output = stream.step(block, samples / ratio, end);
    auto from = output.begin();
    for (Values& channel : out.channels) {
      channel.insert(channel.end(), from, from + samples);
      from += samples;
    }
  };
  const auto whole = [](int64_t samples, int64_t size) { return (samples + size - 1) / size * size; };
  const int64_t end = whole(length, ratio);
  const auto began = std::chrono::steady_clock::now();
  Values block;
  for (int64_t done = 0; done < length; done += most) {
    const int64_t count = std::min(most, length - done), samples = whole(count, unit);
    block.assign(stream.in_channels * samples, 0.0f);  // silence fills the last block
    auto to = block.begin();
    for (const Values& channel : in.channels) {
      std::copy_n(channel.begin() + done, count, to);
      to += samples;
    }
    step(block, done + samples > end ? end : -1);  // a block that reaches beyond the end has to know it
  }
  for (int64_t due = whole(stream.flush_frames * ratio, unit); due > 0; due -= block.size() / stream.in_channels) {
    block.assign(stream.in_channels * (stream.fixed ? unit : due), 0.0f);
    step(block, end);
  }
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
    run(arguments[1], arguments[2], arguments[3], count == 5 ? arguments[4] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
