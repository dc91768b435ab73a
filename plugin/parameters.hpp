// The parameters of the plug-in: those that every model has, and those that this one can follow.
#pragma once

#include <vector>

#include "DistrhoPlugin.hpp"
#include "model.hpp"
#include "model_info.h"

namespace saoctl {

enum class What { Slider, Freeze, Glide, Rest, Scale, Noise, Mix, Level, Wait, Bypass, Missed };

struct Control {
  What what;
  int slider;
  const char *name, *symbol, *unit;
  float initial, least, most;
  uint32_t hints;
};

/// Returns the parameters in their order, which hosts remember. The last one is Missed.
inline std::vector<Control> controls() {
  using namespace DISTRHO;
  static const char* const labels[] = {MODEL_LABELS};
  static const char* const symbols[] = {"slider1", "slider2", "slider3", "slider4",
                                        "slider5", "slider6", "slider7", "slider8"};
  constexpr uint32_t free = kParameterIsAutomatable, stepped = free | kParameterIsBoolean | kParameterIsInteger;
  std::vector<Control> all;
  for (int index = 0; index < MODEL_SLIDERS; ++index)
    all.push_back({What::Slider, index, labels[index], symbols[index], "", 0.0f, -4.0f, 4.0f, free});
  if (MODEL_HAS_CONTROLS) {
    all.push_back({What::Freeze, 0, "Freeze", "freeze", "", 0.0f, 0.0f, 1.0f, stepped});
    all.push_back({What::Glide, 0, "Glide", "glide", "ms", 0.0f, 0.0f, 5000.0f, free});
    if (MODEL_HAS_REST) all.push_back({What::Rest, 0, "Rest", "rest", "", 0.0f, 0.0f, 2.0f, free});
    all.push_back({What::Scale, 0, "Scale", "scale", "", 1.0f, -2.0f, 2.0f, free});
  }
  if (MODEL_HAS_NOISE) all.push_back({What::Noise, 0, "Noise", "noise", "", 0.0f, 0.0f, 2.0f, free});
  all.push_back({What::Mix, 0, "Mix", "mix", "%", 100.0f, 0.0f, 100.0f, free});
  all.push_back({What::Level, 0, "Output", "output", "dB", 0.0f, -60.0f, 12.0f, free});
  all.push_back({What::Wait, 0, "Wait", "wait", "", 0.0f, 0.0f, 1.0f, stepped});
  all.push_back({What::Bypass, 0, "Bypass", "dpf_bypass", "", 0.0f, 0.0f, 1.0f, stepped});
  all.push_back({What::Missed, 0, "Missed samples", "missed", "", 0.0f, 0.0f, 16777216.0f, kParameterIsOutput});
  return all;
}

}  // namespace saoctl
