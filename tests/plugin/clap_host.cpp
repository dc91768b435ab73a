// A small host of CLAP: plays a signal through a plug-in, and prints what it learned as JSON.
//
//     clap_host PLUGIN in.f32 out.f32 rate sizes [word...]
//
// The files hold channel after channel. Sizes are those of the buffers, such as 1,64,1000, and repeat. Words:
//     offline            render (CLAP's render extension)
//     paced              keep to the time of the signal, as a sound card does
//     twice              play once, reset, and play again what is written
//     warm               render first, with which the model is loaded, then reset and play what is written
//     play=N             the transport starts at sample N; without it there is no transport
//     stop=N             the transport plays before sample N too
//     jump=N             the transport jumps to 0 at sample N
//     set:NAME=VALUE     set a parameter before the first buffer
//     set@N:NAME=VALUE   set it with the first buffer at or after sample N
//     allocate           do in the audio thread what trap.cpp forbids
//     save=FILE, load=FILE   the state, saved at the end, loaded at the beginning
//     scan               read what the plug-in says, and destroy it without activating it; plays nothing

#include <clap/entry.h>
#include <clap/ext/latency.h>
#include <clap/ext/params.h>
#include <clap/ext/render.h>
#include <clap/ext/state.h>
#include <clap/plugin-factory.h>
#include <dlfcn.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

/// Of trap.cpp, if that was loaded before: what the audio thread must not do ends the program from here on.
extern "C" __attribute__((weak)) void trap(int on);

namespace {

constexpr int CHANNELS = 2;

struct Change {
  long at;
  std::string name;
  double value;
};

struct Options {
  std::string plugin, in, out, save, load;
  double rate = 0.0;
  std::vector<long> sizes;
  bool offline = false, paced = false, twice = false, warm = false, allocate = false, scan = false;
  long play = -1, jump = -1, stop = 0;
  std::vector<Change> changes;
};

[[noreturn]] void fail(const char* sentence) {
  std::fprintf(stderr, "%s\n", sentence);
  std::exit(1);
}

Options parse(int count, char** arguments) {
  if (count < 6) fail("clap_host PLUGIN in.f32 out.f32 rate sizes [word...]");
  Options options;
  options.plugin = arguments[1], options.in = arguments[2], options.out = arguments[3];
  options.rate = std::atof(arguments[4]);
  std::istringstream sizes(arguments[5]);
  for (std::string size; std::getline(sizes, size, ',');) options.sizes.push_back(std::atol(size.c_str()));
  for (int index = 6; index < count; ++index) {
    const std::string word = arguments[index], value = word.substr(word.find('=') + 1);
    if (word == "offline") options.offline = true;
    else if (word == "paced") options.paced = true;
    else if (word == "twice") options.twice = true;
    else if (word == "warm") options.warm = true;
    else if (word == "allocate") options.allocate = true;
    else if (word == "scan") options.scan = true;
    else if (word.rfind("play=", 0) == 0) options.play = std::stol(value);
    else if (word.rfind("stop=", 0) == 0) options.stop = std::stol(value);
    else if (word.rfind("jump=", 0) == 0) options.jump = std::stol(value);
    else if (word.rfind("save=", 0) == 0) options.save = value;
    else if (word.rfind("load=", 0) == 0) options.load = value;
    else if (word.rfind("set", 0) == 0) {
      const std::size_t colon = word.find(':');
      const long at = word[3] == '@' ? std::stol(word.substr(4, colon - 4)) : 0;
      options.changes.push_back({at, word.substr(colon + 1, word.find('=') - colon - 1), std::stod(value)});
    } else fail("an unknown word");
  }
  return options;
}

std::vector<float> read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::vector<float> values(bytes.size() / 4);
  std::memcpy(values.data(), bytes.data(), values.size() * 4);
  return values;
}

/// Tells whether onnxruntime is in this process, whichever copy of it.
bool has_onnxruntime() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);)
    if (line.find("libonnxruntime") != std::string::npos) return true;
  return false;
}

void no_request(const clap_host*) {}
const void* extension(const clap_host*, const char* name) {
  static const clap_host_params params{[](const clap_host*, clap_param_rescan_flags) {},
                                       [](const clap_host*, clap_id, clap_param_clear_flags) {}, no_request};
  static const clap_host_latency latency{no_request};
  if (std::strcmp(name, CLAP_EXT_PARAMS) == 0) return &params;
  return std::strcmp(name, CLAP_EXT_LATENCY) == 0 ? &latency : nullptr;
}

uint32_t event_count(const clap_input_events* list) {
  return static_cast<const std::vector<clap_event_param_value>*>(list->ctx)->size();
}
const clap_event_header* event_at(const clap_input_events* list, uint32_t index) {
  return &(*static_cast<const std::vector<clap_event_param_value>*>(list->ctx))[index].header;
}
bool no_event(const clap_output_events*, const clap_event_header*) { return true; }

int64_t write_state(const clap_ostream* stream, const void* bytes, uint64_t size) {
  static_cast<std::ofstream*>(stream->ctx)->write(static_cast<const char*>(bytes), size);
  return size;
}
int64_t read_state(const clap_istream* stream, void* bytes, uint64_t size) {
  auto& file = *static_cast<std::ifstream*>(stream->ctx);
  file.read(static_cast<char*>(bytes), size);
  return file.gcount();
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = parse(count, arguments);
  void* const library = dlopen(options.plugin.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) fail(dlerror());
  const auto entry = static_cast<const clap_plugin_entry*>(dlsym(library, "clap_entry"));
  if (!entry || !entry->init(options.plugin.c_str())) fail("there is no clap_entry");
  const auto factory = static_cast<const clap_plugin_factory*>(entry->get_factory(CLAP_PLUGIN_FACTORY_ID));
  const clap_host host{CLAP_VERSION,  nullptr,      "test",     "saoctl",  "",
                       "1", extension, no_request, no_request, no_request};
  const clap_plugin* const plugin =
      factory->create_plugin(factory, &host, factory->get_plugin_descriptor(factory, 0)->id);
  if (!plugin || !plugin->init(plugin)) fail("the plug-in cannot be made");

  const auto params = static_cast<const clap_plugin_params*>(plugin->get_extension(plugin, CLAP_EXT_PARAMS));
  const auto latency = static_cast<const clap_plugin_latency*>(plugin->get_extension(plugin, CLAP_EXT_LATENCY));
  const auto render = static_cast<const clap_plugin_render*>(plugin->get_extension(plugin, CLAP_EXT_RENDER));
  const auto state = static_cast<const clap_plugin_state*>(plugin->get_extension(plugin, CLAP_EXT_STATE));
  if (!params || !latency || !render || !state) fail("an extension is missing");
  std::map<std::string, clap_id> ids;
  for (uint32_t index = 0; index < params->count(plugin); ++index) {
    clap_param_info info;
    params->get_info(plugin, index, &info);
    ids[info.name] = info.id;
  }
  if (options.scan) {
    const std::string name = plugin->desc->name;
    plugin->destroy(plugin);  // waits for a thread that loads
    std::printf("{\"name\": \"%s\", \"parameters\": %zu, \"onnxruntime\": %s}\n", name.c_str(), ids.size(),
                has_onnxruntime() ? "true" : "false");
    return 0;
  }
  if (!options.load.empty()) {
    std::ifstream file(options.load, std::ios::binary);
    const clap_istream stream{&file, read_state};
    if (!state->load(plugin, &stream)) fail("the state cannot be loaded");
  }

  long most = 0;
  for (const long size : options.sizes) most = std::max(most, size);
  const auto set_offline = [&](bool offline) {
    render->set(plugin, offline ? CLAP_RENDER_OFFLINE : CLAP_RENDER_REALTIME);
  };
  const auto set_trap = [](bool on) {
    if (trap) trap(on);
  };
  set_offline(options.offline || options.warm);
  plugin->activate(plugin, options.rate, 1, most);
  const long late = latency->get(plugin);

  std::vector<float> in = read(options.in), out(in.size());
  const long length = in.size() / CHANNELS;
  std::vector<clap_event_param_value> events;
  events.reserve(64);
  const clap_input_events given{&events, event_count, event_at};
  const clap_output_events taken{nullptr, no_event};
  plugin->start_processing(plugin);
  for (int turn = 0, turns = options.twice || options.warm ? 2 : 1; turn < turns; ++turn) {
    const bool warms = options.warm && turn == 0;
    if (turn) {
      set_offline(options.offline);
      set_trap(true);
      plugin->reset(plugin);
      set_trap(false);
    }
    std::size_t next = 0;
    const auto began = std::chrono::steady_clock::now();
    for (long at = 0, size = 0; at < length; at += size) {
      size = std::min(options.sizes[next++ % options.sizes.size()], length - at);
      if (options.paced && !warms)  // the buffer is there when its last sample has been recorded
        std::this_thread::sleep_until(began + std::chrono::duration<double>((at + size) / options.rate));
      events.clear();
      for (const Change& change : options.changes)
        if (change.at <= at && (at == 0 || change.at > at - options.sizes[(next + options.sizes.size() - 2) %
                                                                            options.sizes.size()])) {
          if (!ids.count(change.name)) fail("there is no such parameter");
          clap_event_param_value event{};
          event.header = {sizeof event, 0, CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_VALUE, 0};
          event.param_id = ids[change.name], event.value = change.value;
          event.note_id = event.port_index = event.channel = event.key = -1;
          events.push_back(event);
        }
      clap_event_transport transport{};
      const bool playing = options.play >= 0 && (at >= options.play || at < options.stop);
      transport.flags = CLAP_TRANSPORT_HAS_SECONDS_TIMELINE | (playing ? CLAP_TRANSPORT_IS_PLAYING : 0);
      const long place = options.jump >= 0 && at >= options.jump ? at - options.jump : at;
      transport.song_pos_seconds = static_cast<clap_sectime>(CLAP_SECTIME_FACTOR * (place / options.rate));
      float *from[CHANNELS], *to[CHANNELS];
      for (int channel = 0; channel < CHANNELS; ++channel) {
        from[channel] = in.data() + channel * length + at;
        to[channel] = out.data() + channel * length + at;
      }
      clap_audio_buffer from_buffer{from, nullptr, CHANNELS, 0, 0}, to_buffer{to, nullptr, CHANNELS, 0, 0};
      clap_process process{};
      process.frames_count = size;
      process.transport = options.play >= 0 ? &transport : nullptr;
      process.audio_inputs = &from_buffer, process.audio_outputs = &to_buffer;
      process.audio_inputs_count = process.audio_outputs_count = 1;
      process.in_events = &given, process.out_events = &taken;
      set_trap(!warms);
      if (options.allocate) {
        void* volatile memory = std::malloc(1);
        std::free(memory);
      }
      const bool good = plugin->process(plugin, &process) != CLAP_PROCESS_ERROR;
      set_trap(false);
      if (!good) fail("process failed");
    }
  }
  double missed = 0.0;
  params->get_value(plugin, ids["Missed samples"], &missed);
  std::printf("{\"latency\": %ld, \"missed\": %.0f, \"name\": \"%s\", ", late, missed, plugin->desc->name);
  std::printf("\"parameters\": {");
  const char* between = "";
  for (const auto& [name, id] : ids) {
    double value = 0.0;
    params->get_value(plugin, id, &value);
    std::printf("%s\"%s\": %.6g", between, name.c_str(), value);
    between = ", ";
  }
  std::printf("}}\n");
  if (!options.save.empty()) {
    std::ofstream file(options.save, std::ios::binary);
    const clap_ostream stream{&file, write_state};
    if (!state->save(plugin, &stream)) fail("the state cannot be saved");
  }
  plugin->stop_processing(plugin);
  plugin->deactivate(plugin);
  plugin->destroy(plugin);
  std::ofstream(options.out, std::ios::binary).write(reinterpret_cast<const char*>(out.data()), out.size() * 4);
}
