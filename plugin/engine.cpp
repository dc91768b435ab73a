// Runs a model beside an audio thread; engine.hpp says how.
#include "engine.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

#include "priority.hpp"

namespace saoctl {

Engine::Engine(Model& model, int64_t slack, int64_t backlog)
    : model_(model),
      in_(model.channels_in()),
      out_(model.channels_out()),
      block_(model.block()),
      slack_(slack),
      given_(std::max<int64_t>(4, backlog / block_ + 2)),
      made_(delay() / block_ + 3) {  // more than lie between what is written and what is read
  for (Given& each : given_) each.samples.resize(in_ * block_);
  for (Made& each : made_) each.samples.resize(out_ * block_);
  worker_ = std::thread([this] { work(); });
}

Engine::~Engine() {
  stop_.store(true);
  work_.post();
  worker_.join();
}

void Engine::begin() {
  fill_ = offset_ = 0;  // what was filled of a block is given up
  reading_ = writing_;
  first_ = true;
  silent_ = delay();
  skipped_.store(handed_.load(std::memory_order_relaxed), std::memory_order_release);
}

void Engine::process(const float* const* in, float* const* out, int64_t count, const Settings& settings, bool wait) {
  if (!ready(wait)) {
    for (int channel = 0; channel < out_; ++channel) std::fill_n(out[channel], count, 0.0f);
    return;
  }
  for (int64_t at = 0; at < count;) {
    const int64_t part = std::min(count - at, block_ - fill_);
    write(in, at, part, settings, wait);
    read(out, at, part, wait);
    at += part;
  }
}

/// Tells whether the model computes, and begins a signal when it has become ready.
bool Engine::ready(bool wait) {
  while (wait && model_.state() == Model::State::Loading) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const bool is_ready = model_.state() == Model::State::Ready;
  if (is_ready && !running_) begin();
  return running_ = is_ready;
}

void Engine::write(const float* const* in, int64_t at, int64_t count, const Settings& settings, bool wait) {
  const int64_t ticket = handed_.load(std::memory_order_relaxed), slots = given_.size();
  Given& slot = given_[ticket % slots];
  if (fill_ == 0) {
    while (wait && ticket - done_.load(std::memory_order_acquire) >= slots && model_.state() == Model::State::Ready)
      result_.wait();
    dropping_ = ticket - done_.load(std::memory_order_acquire) >= slots;
  }
  if (!dropping_)
    for (int channel = 0; channel < in_; ++channel)
      std::copy_n(in[channel] + at, count, slot.samples.begin() + channel * block_ + fill_);
  fill_ += count;
  if (fill_ < block_) return;
  fill_ = 0;
  if (dropping_) {
    skipped_.store(ticket, std::memory_order_release);  // all in the ring is too late: go on with what is new
  } else {
    slot.number = offered_ = writing_;
    slot.first = first_;
    slot.settings = settings;
    first_ = false;
    handed_.store(ticket + 1, std::memory_order_release);
    work_.post();
  }
  ++writing_;
}

void Engine::read(float* const* out, int64_t at, int64_t count, bool wait) {
  while (count > 0) {
    int64_t part = count;
    const bool silent = silent_ > 0;
    if (silent) {  // the beginning of the signal is still on its way
      silent_ -= part = std::min(part, silent_);
    } else {
      part = std::min(part, block_ - offset_);
    }
    const bool made = !silent && is_made(reading_, wait);
    const Made& slot = made_[reading_ % made_.size()];
    for (int channel = 0; channel < out_; ++channel) {
      if (made) std::copy_n(slot.samples.begin() + channel * block_ + offset_, part, out[channel] + at);
      else std::fill_n(out[channel] + at, part, 0.0f);
    }
    if (!silent) {
      if (!made) missed_.store(missed_.load(std::memory_order_relaxed) + part, std::memory_order_relaxed);
      offset_ += part;
      reading_ += offset_ / block_;
      offset_ %= block_;
    }
    at += part;
    count -= part;
  }
}

bool Engine::is_made(int64_t number, bool wait) {
  const Made& slot = made_[number % made_.size()];
  const auto there = [&] { return slot.number.load(std::memory_order_acquire) == number; };
  while (wait && !there() && number <= offered_ && passed_.load(std::memory_order_acquire) <= number &&
         model_.state() == Model::State::Ready)
    result_.wait();
  return there();
}

void Engine::work() {
  prefer_this_thread();
  int64_t expected = -1;
  for (;;) {
    work_.wait();
    if (stop_.load()) return;
    if (model_.state() != Model::State::Ready) continue;
    try {
      compute_next(expected);
    } catch (const std::exception& error) {
      model_.fail(error.what());
      result_.post();
    }
  }
}

void Engine::compute_next(int64_t& expected) {
  const int64_t ticket = done_.load(std::memory_order_relaxed), slots = given_.size();
  const int64_t skipped = skipped_.load(std::memory_order_acquire);
  if (ticket < skipped) {
    passed_.store(given_[(skipped - 1) % slots].number + 1, std::memory_order_release);
    done_.store(skipped, std::memory_order_release);
    result_.post();
    return;
  }
  if (ticket == handed_.load(std::memory_order_acquire)) return;  // it was skipped together with others
  const Given& slot = given_[ticket % slots];
  if (slot.first || slot.number != expected) model_.begin();
  Made& made = made_[slot.number % made_.size()];
  model_.compute(slot.samples.data(), made.samples.data(), slot.settings);
  made.number.store(slot.number, std::memory_order_release);
  expected = slot.number + 1;
  passed_.store(expected, std::memory_order_release);
  done_.store(ticket + 1, std::memory_order_release);
  result_.post();
}

}  // namespace saoctl
