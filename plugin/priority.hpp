// Asks the system to prefer the calling thread, whose results are due at a time. Where it may not, nothing happens.
#pragma once

#if defined(_WIN32)
#include "windows.hpp"
#elif defined(__APPLE__)
#include <pthread/qos.h>
#else
#include <sys/resource.h>
#endif

namespace saoctl {

/// Below the audio thread, and not in real time: a model that is too slow must not take a core from the whole system.
inline void prefer_this_thread() {
#if defined(_WIN32)
  SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST);
#elif defined(__APPLE__)
  pthread_set_qos_class_self_np(QOS_CLASS_USER_INTERACTIVE, 0);
#elif defined(__linux__)
  for (int nice = -15; nice < 0 && setpriority(PRIO_PROCESS, 0, nice) != 0;) ++nice;  // 0 is the calling thread
#endif
}

}  // namespace saoctl
