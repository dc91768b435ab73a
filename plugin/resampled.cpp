// A model in a host with another sample rate; resampled.hpp says how.
#include "resampled.hpp"

#include <soxr.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace saoctl {
namespace {

constexpr double REHEARSAL_S = 10.0;  // by then the most that soxr holds back is known to within a few samples
constexpr int64_t MARGIN = 64;        // samples for the rest
constexpr std::size_t MOST_AT_ONCE = 32, HELD_BACK = 1 << 16;  // samples that a converter can give for one, and at last

soxr_t converter(double from, double to, int channels) {
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);  // errors below those of float32
  const soxr_io_spec_t format = soxr_io_spec(SOXR_FLOAT32_S, SOXR_FLOAT32_S);
  soxr_error_t error = nullptr;
  const soxr_t made = soxr_create(from, to, channels, &error, &format, &quality, nullptr);
  if (!made) throw std::runtime_error("The sample rate of the host cannot be converted.");
  return made;
}

/// Appends what a converter gives for `count` samples of each channel.
void append(soxr_t converter, const std::vector<const float*>& in, std::size_t count,
            std::vector<std::vector<float>>& chunk, std::vector<std::vector<float>>& to) {
  const std::size_t room = MOST_AT_ONCE * count + HELD_BACK;
  std::vector<float*> out;
  for (auto& channel : chunk) {
    channel.resize(std::max(channel.size(), room));
    out.push_back(channel.data());
  }
  std::size_t used = 0, given = 0;
  soxr_process(converter, in.data(), count, &used, out.data(), room, &given);
  if (used != count) throw std::runtime_error("The resampler did not take all of a block.");
  for (std::size_t index = 0; index < to.size(); ++index)
    to[index].insert(to[index].end(), out[index], out[index] + given);
}

}  // namespace

Resampled::Resampled(Model& model, double model_rate, double host_rate)
    : model_(model), block_(std::ceil(model.block() * host_rate / model_rate)) {
  const int in = std::max(1, model.channels_in());  // a model that generates needs the count of samples
  pending_.resize(in);
  due_.resize(model.channels_out());
  chunk_.resize(std::max(in, model.channels_out()));
  made_.resize(model.channels_out() * model.block());
  down_ = converter(host_rate, model_rate, in);
  up_ = converter(model_rate, host_rate, model.channels_out());
  measure(static_cast<int64_t>(REHEARSAL_S * host_rate));
}

Resampled::~Resampled() {
  soxr_delete(down_);
  soxr_delete(up_);
}

/// Finds the delay with which no block has to wait for its output: the largest shortage of a rehearsal with silence.
void Resampled::measure(int64_t samples) {
  const std::vector<float> silence(pending_.size() * block_);
  int64_t made = 0, shortage = 0;
  early_ = model_.latency();
  for (int64_t given = block_; given < samples + 3 * model_.latency(); given += block_) {
    convert(silence.data(), nullptr);
    made += due_[0].size();
    for (auto& channel : due_) channel.clear();
    shortage = std::max(shortage, given - made);
  }
  delay_ = shortage + MARGIN;
  soxr_clear(down_);
  soxr_clear(up_);
  for (auto& channel : pending_) channel.clear();
}

void Resampled::begin() {
  if (model_.state() == State::Ready) model_.begin();
  soxr_clear(down_);
  soxr_clear(up_);
  early_ = model_.latency();
  for (auto& channel : pending_) channel.clear();
  for (auto& channel : due_) channel.assign(delay_, 0.0f);
}

void Resampled::compute(const float* in, float* out, const Settings& settings) {
  const std::vector<float> silence(in ? 0 : block_);
  convert(model_.channels_in() ? in : silence.data(), &settings);
  if (static_cast<int64_t>(due_[0].size()) < block_) throw std::runtime_error("The resampler is late.");
  for (auto& channel : due_) {
    out = std::copy_n(channel.begin(), block_, out);
    channel.erase(channel.begin(), channel.begin() + block_);
  }
}

/// Takes a block of the host, and adds to `due_` what the model makes of it. Without settings it makes silence.
void Resampled::convert(const float* in, const Settings* settings) {
  std::vector<const float*> from;
  for (std::size_t channel = 0; channel < pending_.size(); ++channel) from.push_back(in + channel * block_);
  append(down_, from, block_, chunk_, pending_);
  const int64_t size = model_.block();
  while (static_cast<int64_t>(pending_[0].size()) >= size) {
    given_.clear();
    for (auto& channel : pending_) {
      given_.insert(given_.end(), channel.begin(), channel.begin() + size);
      channel.erase(channel.begin(), channel.begin() + size);
    }
    if (settings) model_.compute(given_.data(), made_.data(), *settings);
    const int64_t skipped = std::min(early_, size);
    early_ -= skipped;
    from.clear();
    for (std::size_t channel = 0; channel < due_.size(); ++channel)
      from.push_back(made_.data() + channel * size + skipped);
    append(up_, from, size - skipped, chunk_, due_);
  }
}

}  // namespace saoctl
