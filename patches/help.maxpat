{
 "patcher": {
  "fileversion": 1,
  "appversion": {
   "major": 8,
   "minor": 5,
   "revision": 0,
   "architecture": "x64",
   "modernui": 1
  },
  "classnamespace": "box",
  "rect": [
   60.0,
   80.0,
   1180.0,
   860.0
  ],
  "default_fontsize": 12.0,
  "boxes": [
   {
    "box": {
     "id": "title",
     "maxclass": "comment",
     "patching_rect": [
      20,
      12,
      726,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "Help: an exported file in nn~, and all messages that it understands"
    }
   },
   {
    "box": {
     "id": "hint_1",
     "maxclass": "comment",
     "patching_rect": [
      20,
      32,
      726,
      60
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "nn~ FILE METHOD BUFFER: forward is audio to audio, encode audio to latents, decode latents to audio. The buffer is a power of two from 2048 on, or for other models from what saoctl info prints. nn~ runs forward for a misspelt method."
    }
   },
   {
    "box": {
     "id": "hint_2",
     "maxclass": "comment",
     "patching_rect": [
      20,
      92,
      726,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "If a value is out of range, the console says so, and nothing changes. A message acts on the next block."
    }
   },
   {
    "box": {
     "id": "hint_3",
     "maxclass": "comment",
     "patching_rect": [
      20,
      112,
      726,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "Put exports of make demo into Max's search path. It needs nn~ 1.6."
    }
   },
   {
    "box": {
     "id": "forward",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      612,
      153,
      22
     ],
     "numinlets": 2,
     "numoutlets": 2,
     "outlettype": [
      "signal",
      "signal"
     ],
     "text": "nn~ demo forward 4096"
    }
   },
   {
    "box": {
     "id": "message_1",
     "maxclass": "message",
     "patching_rect": [
      330,
      142,
      98,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set noise 0.5"
    }
   },
   {
    "box": {
     "id": "what_1",
     "maxclass": "comment",
     "patching_rect": [
      500,
      142,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "scale of the VAE's sampling noise: 0 to 2, default 1 (after --skip-bottleneck only 0)"
    }
   },
   {
    "box": {
     "id": "message_2",
     "maxclass": "message",
     "patching_rect": [
      330,
      168,
      144,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent_scale 1.2"
    }
   },
   {
    "box": {
     "id": "what_2",
     "maxclass": "comment",
     "patching_rect": [
      500,
      168,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "multiplies all latents before the decoder: -10 to 10, default 1"
    }
   },
   {
    "box": {
     "id": "message_3",
     "maxclass": "message",
     "patching_rect": [
      330,
      194,
      144,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent_bias -0.5"
    }
   },
   {
    "box": {
     "id": "what_3",
     "maxclass": "comment",
     "patching_rect": [
      500,
      194,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "is added to all latents: -10 to 10, default 0"
    }
   },
   {
    "box": {
     "id": "message_4",
     "maxclass": "message",
     "patching_rect": [
      330,
      220,
      144,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent 3 1.5 0.2"
    }
   },
   {
    "box": {
     "id": "what_4",
     "maxclass": "comment",
     "patching_rect": [
      500,
      220,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "scale 1.5 and bias 0.2 of latent 3, counted from 1"
    }
   },
   {
    "box": {
     "id": "message_5",
     "maxclass": "message",
     "patching_rect": [
      330,
      246,
      91,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set freeze 1"
    }
   },
   {
    "box": {
     "id": "what_5",
     "maxclass": "comment",
     "patching_rect": [
      500,
      246,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "holds the latest latents. Scale and bias still act on them"
    }
   },
   {
    "box": {
     "id": "message_6",
     "maxclass": "message",
     "patching_rect": [
      330,
      272,
      91,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set freeze 0"
    }
   },
   {
    "box": {
     "id": "what_6",
     "maxclass": "comment",
     "patching_rect": [
      500,
      272,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "releases them"
    }
   },
   {
    "box": {
     "id": "message_7",
     "maxclass": "message",
     "patching_rect": [
      330,
      298,
      98,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set glide 500"
    }
   },
   {
    "box": {
     "id": "what_7",
     "maxclass": "comment",
     "patching_rect": [
      500,
      298,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "milliseconds that latents take to reach a new value: 0 to 60000, default 0"
    }
   },
   {
    "box": {
     "id": "message_8",
     "maxclass": "message",
     "patching_rect": [
      330,
      324,
      78,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set rest 1"
    }
   },
   {
    "box": {
     "id": "what_8",
     "maxclass": "comment",
     "patching_rect": [
      500,
      324,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "with a basis: how much the directions without a coordinate vary: 0 to 2, 1 as in the sounds"
    }
   },
   {
    "box": {
     "id": "message_9",
     "maxclass": "message",
     "patching_rect": [
      330,
      350,
      85,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set reset 1"
    }
   },
   {
    "box": {
     "id": "what_9",
     "maxclass": "comment",
     "patching_rect": [
      500,
      350,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "resets the state: the next block begins as after loading"
    }
   },
   {
    "box": {
     "id": "message_10",
     "maxclass": "message",
     "patching_rect": [
      330,
      376,
      65,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "enable 0"
    }
   },
   {
    "box": {
     "id": "what_10",
     "maxclass": "comment",
     "patching_rect": [
      500,
      376,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "stops computing (this message and the next are nn~'s own)"
    }
   },
   {
    "box": {
     "id": "message_11",
     "maxclass": "message",
     "patching_rect": [
      330,
      402,
      65,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "enable 1"
    }
   },
   {
    "box": {
     "id": "what_11",
     "maxclass": "comment",
     "patching_rect": [
      500,
      402,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "starts computing again"
    }
   },
   {
    "box": {
     "id": "message_12",
     "maxclass": "message",
     "patching_rect": [
      330,
      428,
      45,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "gpu 1"
    }
   },
   {
    "box": {
     "id": "what_12",
     "maxclass": "comment",
     "patching_rect": [
      500,
      428,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "computes on the graphics processor, if nn~ finds one"
    }
   },
   {
    "box": {
     "id": "message_13",
     "maxclass": "message",
     "patching_rect": [
      330,
      454,
      45,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "gpu 0"
    }
   },
   {
    "box": {
     "id": "what_13",
     "maxclass": "comment",
     "patching_rect": [
      500,
      454,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "computes on the CPU"
    }
   },
   {
    "box": {
     "id": "message_14",
     "maxclass": "message",
     "patching_rect": [
      330,
      480,
      52,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "reload"
    }
   },
   {
    "box": {
     "id": "what_14",
     "maxclass": "comment",
     "patching_rect": [
      500,
      480,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "reads the file again. All settings return to their defaults"
    }
   },
   {
    "box": {
     "id": "message_15",
     "maxclass": "message",
     "patching_rect": [
      330,
      506,
      131,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "get latency_encode"
    }
   },
   {
    "box": {
     "id": "what_15",
     "maxclass": "comment",
     "patching_rect": [
      500,
      506,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "the latency in samples, at the object's last outlet. PureData's nn~ has no get"
    }
   },
   {
    "box": {
     "id": "message_16",
     "maxclass": "message",
     "patching_rect": [
      330,
      532,
      131,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "get latency_decode"
    }
   },
   {
    "box": {
     "id": "what_16",
     "maxclass": "comment",
     "patching_rect": [
      500,
      532,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "the latency of decode"
    }
   },
   {
    "box": {
     "id": "message_17",
     "maxclass": "message",
     "patching_rect": [
      330,
      558,
      137,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "get latency_forward"
    }
   },
   {
    "box": {
     "id": "what_17",
     "maxclass": "comment",
     "patching_rect": [
      500,
      558,
      660,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "the latency of forward"
    }
   },
   {
    "box": {
     "id": "open",
     "maxclass": "message",
     "patching_rect": [
      20,
      142,
      38,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "open"
    }
   },
   {
    "box": {
     "id": "play",
     "maxclass": "toggle",
     "patching_rect": [
      70,
      142,
      22,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      "int"
     ]
    }
   },
   {
    "box": {
     "id": "file",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      198,
      73,
      22
     ],
     "numinlets": 2,
     "numoutlets": 3,
     "outlettype": [
      "signal",
      "signal",
      "bang"
     ],
     "text": "sfplay~ 2"
    }
   },
   {
    "box": {
     "id": "loop_begin",
     "maxclass": "newobj",
     "patching_rect": [
      140,
      170,
      113,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "loadmess loop 1"
    }
   },
   {
    "box": {
     "id": "play_label",
     "maxclass": "comment",
     "patching_rect": [
      96,
      142,
      185,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "open a file, and play it"
    }
   },
   {
    "box": {
     "id": "suggested",
     "maxclass": "message",
     "patching_rect": [
      20,
      170,
      104,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "open input.wav"
    }
   },
   {
    "box": {
     "id": "gain",
     "maxclass": "live.gain~",
     "patching_rect": [
      20,
      652,
      48,
      110
     ],
     "numinlets": 2,
     "numoutlets": 5,
     "outlettype": [
      "signal",
      "signal",
      "",
      "float",
      "list"
     ],
     "parameter_enable": 1,
     "saved_attribute_attributes": {
      "valueof": {
       "parameter_longname": "output",
       "parameter_shortname": "output",
       "parameter_type": 0,
       "parameter_mmin": -70.0,
       "parameter_mmax": 6.0,
       "parameter_initial_enable": 1,
       "parameter_initial": [
        -12
       ]
      }
     }
    }
   },
   {
    "box": {
     "id": "dac",
     "maxclass": "ezdac~",
     "patching_rect": [
      20,
      772,
      45,
      45
     ],
     "numinlets": 2,
     "numoutlets": 0,
     "outlettype": []
    }
   },
   {
    "box": {
     "id": "late",
     "maxclass": "comment",
     "patching_rect": [
      430,
      612,
      594,
      40
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "What you hear is late by 986 ms: 802 ms are the model's, 184 ms are nn~'s: 2 x 4096 - 64 samples. This is the exact file. With less lookahead it is less: see saoctl info."
    }
   },
   {
    "box": {
     "id": "rate_begin",
     "maxclass": "newobj",
     "patching_rect": [
      430,
      658,
      67,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      "bang"
     ],
     "text": "loadbang"
    }
   },
   {
    "box": {
     "id": "rate",
     "maxclass": "newobj",
     "patching_rect": [
      430,
      686,
      73,
      22
     ],
     "numinlets": 1,
     "numoutlets": 4,
     "outlettype": [
      "int",
      "float",
      "float",
      "float"
     ],
     "text": "dspstate~"
    }
   },
   {
    "box": {
     "id": "rate_shown",
     "maxclass": "flonum",
     "patching_rect": [
      520,
      686,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ]
    }
   },
   {
    "box": {
     "id": "rate_hint",
     "maxclass": "comment",
     "patching_rect": [
      430,
      714,
      290,
      100
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "Hz of 44100. nn~ does not resample: run the host at 44100 Hz. At 48000 Hz the model hears everything 8 % lower than it is. Other files have rates of their own: 48000 Hz for ACE-Step's."
    }
   }
  ],
  "lines": [
   {
    "patchline": {
     "source": [
      "message_1",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_2",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_3",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_4",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_5",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_6",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_7",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_8",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_9",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_10",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_11",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_12",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_13",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_14",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_15",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_16",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "message_17",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "open",
      0
     ],
     "destination": [
      "file",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "play",
      0
     ],
     "destination": [
      "file",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "loop_begin",
      0
     ],
     "destination": [
      "file",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "suggested",
      0
     ],
     "destination": [
      "file",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "file",
      0
     ],
     "destination": [
      "forward",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "file",
      1
     ],
     "destination": [
      "forward",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "forward",
      0
     ],
     "destination": [
      "gain",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "gain",
      0
     ],
     "destination": [
      "dac",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "forward",
      1
     ],
     "destination": [
      "gain",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "gain",
      1
     ],
     "destination": [
      "dac",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "rate_begin",
      0
     ],
     "destination": [
      "rate",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "rate",
      1
     ],
     "destination": [
      "rate_shown",
      0
     ]
    }
   }
  ]
 }
}
