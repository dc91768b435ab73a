// Opens onnxruntime by the path of its file.
#include "runtime.hpp"

#include <onnxruntime_cxx_api.h>

#include <mutex>
#include <stdexcept>
#include <string>

#if defined(_WIN32)
#include "windows.hpp"
#else
#include <dlfcn.h>
#endif

namespace saoctl {
namespace {

/// Returns a function of a library, which stays open: onnxruntime is not made to be closed.
void* function_of(const std::filesystem::path& library, const char* name) {
#if defined(_WIN32)
  // Its own folder is searched for what it needs in turn.
  const HMODULE handle = LoadLibraryExW(library.c_str(), nullptr, LOAD_WITH_ALTERED_SEARCH_PATH);
  return handle ? reinterpret_cast<void*>(GetProcAddress(handle, name)) : nullptr;
#else
  void* const handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);  // a full path: it is no other copy
  return handle ? dlsym(handle, name) : nullptr;
#endif
}

}  // namespace

void open_runtime(const std::filesystem::path& library) {
  static std::mutex mutex;
  static bool open = false;
  const std::lock_guard<std::mutex> lock(mutex);
  if (open) return;
  using GetBase = const OrtApiBase*(ORT_API_CALL*)();
  const auto base = reinterpret_cast<GetBase>(function_of(library, "OrtGetApiBase"));
  if (!base) throw std::runtime_error("onnxruntime cannot be opened: " + library.string());
  const OrtApi* const api = base()->GetApi(ORT_API_VERSION);
  if (!api) throw std::runtime_error("onnxruntime is too old: " + library.string());
  Ort::InitApi(api);
  open = true;
}

}  // namespace saoctl
