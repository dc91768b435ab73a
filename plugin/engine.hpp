// Runs a model beside an audio thread, which never waits: a worker computes, and two rings of blocks connect them.
//
// Blocks are numbered by their place in the signal. The audio thread fills block after block, and hands each over with
// the settings of that moment; the worker computes them in order, and puts each result under its number. The audio
// thread reads the numbers as many samples later as the worker is given, whatever became of them:
//
//     audio thread   | fills 4         | fills 5         | fills 6         |
//     worker                 computes 3|       computes 4|       computes 5|
//     audio thread   | reads 2         | reads 3         | reads 4         |
//
// So if the worker is late, silence stands for what is missing, and what follows is in its place. If it is late by the
// whole ring, blocks are dropped, and the model begins a fresh signal with the next one.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "model.hpp"
#include "semaphore.hpp"

namespace saoctl {

class Engine {
 public:
  /// Args: the model, which must outlive the engine; the samples that the worker has for a block, at least 0; and the
  /// samples that can be in the ring before blocks are dropped.
  Engine(Model& model, int64_t slack, int64_t backlog);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Samples by which `process` is later than the model's own latency.
  int64_t delay() const { return block_ + slack_; }

  /// Begins a fresh signal with the next sample; for the audio thread.
  void begin();

  /// Takes samples and gives as many, [channels][count], which may be the same memory; for the audio thread.
  /// If it waits for the worker, nothing is missing, and the output does not depend on the sizes of the calls.
  void process(const float* const* in, float* const* out, int64_t count, const Settings& settings, bool wait);

  /// Samples of silence that stood for what came too late.
  int64_t missed() const { return missed_.load(std::memory_order_relaxed); }

 private:
  struct Given {
    int64_t number;
    bool first;  ///< a fresh signal begins here
    Settings settings;
    std::vector<float> samples;
  };
  struct Made {
    std::atomic<int64_t> number{-1};
    std::vector<float> samples;
  };

  Model& model_;
  const int in_, out_;
  const int64_t block_, slack_;
  std::vector<Given> given_;
  std::vector<Made> made_;

  // Of the audio thread alone.
  bool running_ = false, first_ = true, dropping_ = false;
  int64_t fill_ = 0, writing_ = 0, offered_ = -1, reading_ = 0, offset_ = 0, silent_ = 0;

  // Tickets: how many blocks were handed over, and how many of them the worker is done with.
  std::atomic<int64_t> handed_{0}, done_{0};
  std::atomic<int64_t> passed_{0};  ///< the worker will not make what has a smaller number
  std::atomic<int64_t> skipped_{0};  ///< tickets before it are not computed any more
  std::atomic<int64_t> missed_{0};
  std::atomic<bool> stop_{false};
  Semaphore work_, result_;
  std::thread worker_;

  bool ready(bool wait);
  void write(const float* const* in, int64_t at, int64_t count, const Settings& settings, bool wait);
  void read(float* const* out, int64_t at, int64_t count, bool wait);
  bool is_made(int64_t number, bool wait);
  void work();
  void compute_next(int64_t& expected);
};

}  // namespace saoctl
