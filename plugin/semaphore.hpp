// A counting semaphore: C++17 has none. Posting neither allocates nor waits, so the audio thread may do it.
#pragma once

#if defined(_WIN32)
#include "windows.hpp"
#elif defined(__APPLE__)
#include <dispatch/dispatch.h>
#else
#include <semaphore.h>

#include <cerrno>
#endif

namespace saoctl {

class Semaphore {
 public:
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

#if defined(_WIN32)
  Semaphore() : handle_(CreateSemaphoreW(nullptr, 0, 0x7fffffff, nullptr)) {}
  ~Semaphore() { CloseHandle(handle_); }
  void post() { ReleaseSemaphore(handle_, 1, nullptr); }
  void wait() { WaitForSingleObject(handle_, INFINITE); }

 private:
  HANDLE handle_;
#elif defined(__APPLE__)
  Semaphore() : handle_(dispatch_semaphore_create(0)) {}
  ~Semaphore() { dispatch_release(handle_); }
  void post() { dispatch_semaphore_signal(handle_); }
  void wait() { dispatch_semaphore_wait(handle_, DISPATCH_TIME_FOREVER); }

 private:
  dispatch_semaphore_t handle_;
#else
  Semaphore() { sem_init(&handle_, 0, 0); }
  ~Semaphore() { sem_destroy(&handle_); }
  void post() { sem_post(&handle_); }
  void wait() {
    while (sem_wait(&handle_) != 0 && errno == EINTR) {
    }
  }

 private:
  sem_t handle_;
#endif
};

}  // namespace saoctl
