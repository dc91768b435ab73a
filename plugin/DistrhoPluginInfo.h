// What DPF asks of a plug-in at compile time. model_info.h comes from describe.py.
#pragma once

#include "model_info.h"

#define DISTRHO_PLUGIN_BRAND "saoctl"
#define DISTRHO_PLUGIN_NAME MODEL_NAME
#define DISTRHO_PLUGIN_URI MODEL_URI
#define DISTRHO_PLUGIN_CLAP_ID MODEL_CLAP_ID
#define DISTRHO_PLUGIN_NUM_INPUTS MODEL_CHANNELS
#define DISTRHO_PLUGIN_NUM_OUTPUTS MODEL_CHANNELS
#define DISTRHO_PLUGIN_HAS_UI 0
#define DISTRHO_PLUGIN_IS_RT_SAFE 1
#define DISTRHO_PLUGIN_WANT_LATENCY 1
#define DISTRHO_PLUGIN_WANT_OFFLINE 1  // of dpf-offline.patch
#define DISTRHO_PLUGIN_WANT_TIMEPOS 1
#define DISTRHO_PLUGIN_LV2_CATEGORY "lv2:SpectralPlugin"
#if MODEL_CHANNELS == 1
#define DISTRHO_PLUGIN_VST3_CATEGORIES "Fx|Mono"
#define DISTRHO_PLUGIN_CLAP_FEATURES "audio-effect", "mono"
#else
#define DISTRHO_PLUGIN_VST3_CATEGORIES "Fx|Stereo"
#define DISTRHO_PLUGIN_CLAP_FEATURES "audio-effect", "stereo"
#endif
