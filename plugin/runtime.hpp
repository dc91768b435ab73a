// Opens onnxruntime by the path of its file, so that a host or another plug-in with a copy of its own is not disturbed.
#pragma once

#include <filesystem>

namespace saoctl {

/// Makes onnxruntime's C++ interface usable. Later calls do nothing. Throws std::runtime_error if it cannot be opened.
void open_runtime(const std::filesystem::path& library);

}  // namespace saoctl
