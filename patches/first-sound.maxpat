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
   860.0,
   640.0
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
     "text": "First sound: a recording through the demo's model, in one object"
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
      40
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "First run make demo, and put its folder exports into Max's search path (Options > File Preferences). It needs nn~ 1.6."
    }
   },
   {
    "box": {
     "id": "hint_2",
     "maxclass": "comment",
     "patching_rect": [
      20,
      72,
      726,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "Play the demo's sound, switch the sound on, and move the slider from the recording to the model."
    }
   },
   {
    "box": {
     "id": "open",
     "maxclass": "message",
     "patching_rect": [
      20,
      102,
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
      102,
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
      158,
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
      130,
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
      102,
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
      130,
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
     "id": "forward",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      212,
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
     "id": "turned_label",
     "maxclass": "comment",
     "patching_rect": [
      330,
      192,
      224,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "0: the recording, 1: the model"
    }
   },
   {
    "box": {
     "id": "turned",
     "maxclass": "flonum",
     "patching_rect": [
      330,
      214,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": 0,
     "maximum": 1
    }
   },
   {
    "box": {
     "id": "turned_rest",
     "maxclass": "newobj",
     "patching_rect": [
      400,
      214,
      80,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "loadmess 1"
    }
   },
   {
    "box": {
     "id": "turned_time",
     "maxclass": "newobj",
     "patching_rect": [
      330,
      242,
      80,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "pack 0. 30"
    }
   },
   {
    "box": {
     "id": "turned_line",
     "maxclass": "newobj",
     "patching_rect": [
      430,
      242,
      47,
      22
     ],
     "numinlets": 2,
     "numoutlets": 2,
     "outlettype": [
      "signal",
      "bang"
     ],
     "text": "line~"
    }
   },
   {
    "box": {
     "id": "turned_other",
     "maxclass": "newobj",
     "patching_rect": [
      330,
      270,
      54,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "signal"
     ],
     "text": "!-~ 1."
    }
   },
   {
    "box": {
     "id": "model_left",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      312,
      30,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "signal"
     ],
     "text": "*~"
    }
   },
   {
    "box": {
     "id": "itself_left",
     "maxclass": "newobj",
     "patching_rect": [
      180,
      312,
      30,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "signal"
     ],
     "text": "*~"
    }
   },
   {
    "box": {
     "id": "both_left",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      342,
      30,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "signal"
     ],
     "text": "+~"
    }
   },
   {
    "box": {
     "id": "model_right",
     "maxclass": "newobj",
     "patching_rect": [
      80,
      312,
      30,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "signal"
     ],
     "text": "*~"
    }
   },
   {
    "box": {
     "id": "itself_right",
     "maxclass": "newobj",
     "patching_rect": [
      240,
      312,
      30,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "signal"
     ],
     "text": "*~"
    }
   },
   {
    "box": {
     "id": "both_right",
     "maxclass": "newobj",
     "patching_rect": [
      80,
      342,
      30,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "signal"
     ],
     "text": "+~"
    }
   },
   {
    "box": {
     "id": "gain",
     "maxclass": "live.gain~",
     "patching_rect": [
      20,
      382,
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
      502,
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
     "id": "rate_begin",
     "maxclass": "newobj",
     "patching_rect": [
      430,
      322,
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
      350,
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
      350,
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
      378,
      290,
      100
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "Hz of 44100. nn~ does not resample: run the host at 44100 Hz. At 48000 Hz the model hears everything 8 % lower than it is. Other files have rates of their own: 48000 Hz for ACE-Step's."
    }
   },
   {
    "box": {
     "id": "late",
     "maxclass": "comment",
     "patching_rect": [
      430,
      486,
      356,
      100
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "What you hear is late by 986 ms: 802 ms are the model's, 184 ms are nn~'s: 2 x 4096 - 64 samples. This is the exact file. With less lookahead it is less: see saoctl info. The recording itself is not delayed."
    }
   }
  ],
  "lines": [
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
      "turned_rest",
      0
     ],
     "destination": [
      "turned",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "turned",
      0
     ],
     "destination": [
      "turned_time",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "turned_time",
      0
     ],
     "destination": [
      "turned_line",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "turned_line",
      0
     ],
     "destination": [
      "turned_other",
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
      "forward",
      0
     ],
     "destination": [
      "model_left",
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
      "itself_left",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "turned_line",
      0
     ],
     "destination": [
      "model_left",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "turned_other",
      0
     ],
     "destination": [
      "itself_left",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "model_left",
      0
     ],
     "destination": [
      "both_left",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "itself_left",
      0
     ],
     "destination": [
      "both_left",
      1
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
      1
     ],
     "destination": [
      "model_right",
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
      "itself_right",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "turned_line",
      0
     ],
     "destination": [
      "model_right",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "turned_other",
      0
     ],
     "destination": [
      "itself_right",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "model_right",
      0
     ],
     "destination": [
      "both_right",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "itself_right",
      0
     ],
     "destination": [
      "both_right",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "both_left",
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
      "both_right",
      0
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
