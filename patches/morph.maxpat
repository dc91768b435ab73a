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
   720.0
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
     "text": "Morph: two sounds, and one slider between them"
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
     "text": "Put exports of make demo into Max's search path, or write the name of your own file, with 64 latents, into the three objects. It needs nn~ 1.6."
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
     "text": "The latents of both sounds are mixed, not the sounds, so you hear one sound between A and B."
    }
   },
   {
    "box": {
     "id": "sound_A",
     "maxclass": "comment",
     "patching_rect": [
      20,
      102,
      132,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "sound A"
    }
   },
   {
    "box": {
     "id": "open_A",
     "maxclass": "message",
     "patching_rect": [
      20,
      126,
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
     "id": "play_A",
     "maxclass": "toggle",
     "patching_rect": [
      70,
      126,
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
     "id": "file_A",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      182,
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
     "id": "loop_begin_A",
     "maxclass": "newobj",
     "patching_rect": [
      140,
      154,
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
     "id": "play_A_label",
     "maxclass": "comment",
     "patching_rect": [
      96,
      126,
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
      154,
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
     "id": "encode_A",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      222,
      380,
      22
     ],
     "numinlets": 2,
     "numoutlets": 64,
     "outlettype": [
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal"
     ],
     "text": "nn~ demo encode 4096"
    }
   },
   {
    "box": {
     "id": "packed_A",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      262,
      380,
      22
     ],
     "numinlets": 64,
     "numoutlets": 1,
     "outlettype": [
      "multichannelsignal"
     ],
     "text": "mc.pack~ 64"
    }
   },
   {
    "box": {
     "id": "sound_B",
     "maxclass": "comment",
     "patching_rect": [
      420,
      102,
      132,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "sound B"
    }
   },
   {
    "box": {
     "id": "open_B",
     "maxclass": "message",
     "patching_rect": [
      420,
      126,
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
     "id": "play_B",
     "maxclass": "toggle",
     "patching_rect": [
      470,
      126,
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
     "id": "file_B",
     "maxclass": "newobj",
     "patching_rect": [
      420,
      182,
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
     "id": "loop_begin_B",
     "maxclass": "newobj",
     "patching_rect": [
      540,
      154,
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
     "id": "play_B_label",
     "maxclass": "comment",
     "patching_rect": [
      496,
      126,
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
     "id": "encode_B",
     "maxclass": "newobj",
     "patching_rect": [
      420,
      222,
      380,
      22
     ],
     "numinlets": 2,
     "numoutlets": 64,
     "outlettype": [
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal"
     ],
     "text": "nn~ demo encode 4096"
    }
   },
   {
    "box": {
     "id": "packed_B",
     "maxclass": "newobj",
     "patching_rect": [
      420,
      262,
      380,
      22
     ],
     "numinlets": 64,
     "numoutlets": 1,
     "outlettype": [
      "multichannelsignal"
     ],
     "text": "mc.pack~ 64"
    }
   },
   {
    "box": {
     "id": "morph_label",
     "maxclass": "comment",
     "patching_rect": [
      100,
      292,
      158,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "0: A ... 1: B"
    }
   },
   {
    "box": {
     "id": "morph",
     "maxclass": "flonum",
     "patching_rect": [
      100,
      314,
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
     "id": "morph_rest",
     "maxclass": "newobj",
     "patching_rect": [
      170,
      314,
      87,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "loadmess 0."
    }
   },
   {
    "box": {
     "id": "morph_time",
     "maxclass": "newobj",
     "patching_rect": [
      260,
      314,
      80,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "pack 0. 50"
    }
   },
   {
    "box": {
     "id": "morph_line",
     "maxclass": "newobj",
     "patching_rect": [
      360,
      314,
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
     "id": "morph_other",
     "maxclass": "newobj",
     "patching_rect": [
      260,
      342,
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
     "id": "both",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      392,
      47,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "multichannelsignal"
     ],
     "text": "mc.+~"
    }
   },
   {
    "box": {
     "id": "part_A",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      362,
      47,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "multichannelsignal"
     ],
     "text": "mc.*~"
    }
   },
   {
    "box": {
     "id": "part_B",
     "maxclass": "newobj",
     "patching_rect": [
      140,
      362,
      47,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "multichannelsignal"
     ],
     "text": "mc.*~"
    }
   },
   {
    "box": {
     "id": "apart",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      422,
      780,
      22
     ],
     "numinlets": 1,
     "numoutlets": 64,
     "outlettype": [
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal"
     ],
     "text": "mc.unpack~ 64"
    }
   },
   {
    "box": {
     "id": "decode",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      462,
      780,
      22
     ],
     "numinlets": 64,
     "numoutlets": 2,
     "outlettype": [
      "signal",
      "signal"
     ],
     "text": "nn~ demo decode 4096"
    }
   },
   {
    "box": {
     "id": "gain",
     "maxclass": "live.gain~",
     "patching_rect": [
      20,
      502,
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
      622,
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
     "id": "glide_in_ms_label",
     "maxclass": "comment",
     "patching_rect": [
      160,
      502,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "glide in ms, 0 to 2000"
    }
   },
   {
    "box": {
     "id": "glide_in_ms_control",
     "maxclass": "flonum",
     "patching_rect": [
      160,
      524,
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
     "maximum": 2000
    }
   },
   {
    "box": {
     "id": "glide_in_ms_message",
     "maxclass": "message",
     "patching_rect": [
      226,
      524,
      91,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set glide $1"
    }
   },
   {
    "box": {
     "id": "glide_in_ms_rest",
     "maxclass": "newobj",
     "patching_rect": [
      226,
      550,
      106,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "loadmess set 0"
    }
   },
   {
    "box": {
     "id": "freeze_label",
     "maxclass": "comment",
     "patching_rect": [
      390,
      502,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "freeze, 0 to 1"
    }
   },
   {
    "box": {
     "id": "freeze_control",
     "maxclass": "toggle",
     "patching_rect": [
      390,
      524,
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
     "id": "freeze_message",
     "maxclass": "message",
     "patching_rect": [
      456,
      524,
      98,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set freeze $1"
    }
   },
   {
    "box": {
     "id": "freeze_rest",
     "maxclass": "newobj",
     "patching_rect": [
      456,
      550,
      106,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "loadmess set 0"
    }
   },
   {
    "box": {
     "id": "reset",
     "maxclass": "message",
     "patching_rect": [
      640,
      524,
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
     "id": "costs",
     "maxclass": "comment",
     "patching_rect": [
      830,
      102,
      330,
      80
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "This runs two encoders and a decoder at once, three times the work of a decoder alone. saoctl bench measures whether your machine is fast enough."
    }
   },
   {
    "box": {
     "id": "late",
     "maxclass": "comment",
     "patching_rect": [
      830,
      188,
      330,
      100
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "What you hear is late by 1126 ms: 802 ms are the model's, 324 ms are nn~'s: 4 x 4096 - 2112 samples for both objects. This is the exact file. With less lookahead it is less: see saoctl info."
    }
   },
   {
    "box": {
     "id": "rate_begin",
     "maxclass": "newobj",
     "patching_rect": [
      830,
      294,
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
      830,
      322,
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
      920,
      322,
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
      830,
      350,
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
      "open_A",
      0
     ],
     "destination": [
      "file_A",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "play_A",
      0
     ],
     "destination": [
      "file_A",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "loop_begin_A",
      0
     ],
     "destination": [
      "file_A",
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
      "file_A",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "file_A",
      0
     ],
     "destination": [
      "encode_A",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "file_A",
      1
     ],
     "destination": [
      "encode_A",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      0
     ],
     "destination": [
      "packed_A",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      1
     ],
     "destination": [
      "packed_A",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      2
     ],
     "destination": [
      "packed_A",
      2
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      3
     ],
     "destination": [
      "packed_A",
      3
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      4
     ],
     "destination": [
      "packed_A",
      4
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      5
     ],
     "destination": [
      "packed_A",
      5
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      6
     ],
     "destination": [
      "packed_A",
      6
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      7
     ],
     "destination": [
      "packed_A",
      7
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      8
     ],
     "destination": [
      "packed_A",
      8
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      9
     ],
     "destination": [
      "packed_A",
      9
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      10
     ],
     "destination": [
      "packed_A",
      10
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      11
     ],
     "destination": [
      "packed_A",
      11
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      12
     ],
     "destination": [
      "packed_A",
      12
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      13
     ],
     "destination": [
      "packed_A",
      13
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      14
     ],
     "destination": [
      "packed_A",
      14
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      15
     ],
     "destination": [
      "packed_A",
      15
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      16
     ],
     "destination": [
      "packed_A",
      16
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      17
     ],
     "destination": [
      "packed_A",
      17
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      18
     ],
     "destination": [
      "packed_A",
      18
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      19
     ],
     "destination": [
      "packed_A",
      19
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      20
     ],
     "destination": [
      "packed_A",
      20
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      21
     ],
     "destination": [
      "packed_A",
      21
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      22
     ],
     "destination": [
      "packed_A",
      22
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      23
     ],
     "destination": [
      "packed_A",
      23
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      24
     ],
     "destination": [
      "packed_A",
      24
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      25
     ],
     "destination": [
      "packed_A",
      25
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      26
     ],
     "destination": [
      "packed_A",
      26
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      27
     ],
     "destination": [
      "packed_A",
      27
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      28
     ],
     "destination": [
      "packed_A",
      28
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      29
     ],
     "destination": [
      "packed_A",
      29
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      30
     ],
     "destination": [
      "packed_A",
      30
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      31
     ],
     "destination": [
      "packed_A",
      31
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      32
     ],
     "destination": [
      "packed_A",
      32
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      33
     ],
     "destination": [
      "packed_A",
      33
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      34
     ],
     "destination": [
      "packed_A",
      34
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      35
     ],
     "destination": [
      "packed_A",
      35
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      36
     ],
     "destination": [
      "packed_A",
      36
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      37
     ],
     "destination": [
      "packed_A",
      37
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      38
     ],
     "destination": [
      "packed_A",
      38
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      39
     ],
     "destination": [
      "packed_A",
      39
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      40
     ],
     "destination": [
      "packed_A",
      40
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      41
     ],
     "destination": [
      "packed_A",
      41
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      42
     ],
     "destination": [
      "packed_A",
      42
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      43
     ],
     "destination": [
      "packed_A",
      43
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      44
     ],
     "destination": [
      "packed_A",
      44
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      45
     ],
     "destination": [
      "packed_A",
      45
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      46
     ],
     "destination": [
      "packed_A",
      46
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      47
     ],
     "destination": [
      "packed_A",
      47
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      48
     ],
     "destination": [
      "packed_A",
      48
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      49
     ],
     "destination": [
      "packed_A",
      49
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      50
     ],
     "destination": [
      "packed_A",
      50
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      51
     ],
     "destination": [
      "packed_A",
      51
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      52
     ],
     "destination": [
      "packed_A",
      52
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      53
     ],
     "destination": [
      "packed_A",
      53
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      54
     ],
     "destination": [
      "packed_A",
      54
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      55
     ],
     "destination": [
      "packed_A",
      55
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      56
     ],
     "destination": [
      "packed_A",
      56
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      57
     ],
     "destination": [
      "packed_A",
      57
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      58
     ],
     "destination": [
      "packed_A",
      58
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      59
     ],
     "destination": [
      "packed_A",
      59
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      60
     ],
     "destination": [
      "packed_A",
      60
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      61
     ],
     "destination": [
      "packed_A",
      61
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      62
     ],
     "destination": [
      "packed_A",
      62
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_A",
      63
     ],
     "destination": [
      "packed_A",
      63
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "open_B",
      0
     ],
     "destination": [
      "file_B",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "play_B",
      0
     ],
     "destination": [
      "file_B",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "loop_begin_B",
      0
     ],
     "destination": [
      "file_B",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "file_B",
      0
     ],
     "destination": [
      "encode_B",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "file_B",
      1
     ],
     "destination": [
      "encode_B",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      0
     ],
     "destination": [
      "packed_B",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      1
     ],
     "destination": [
      "packed_B",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      2
     ],
     "destination": [
      "packed_B",
      2
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      3
     ],
     "destination": [
      "packed_B",
      3
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      4
     ],
     "destination": [
      "packed_B",
      4
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      5
     ],
     "destination": [
      "packed_B",
      5
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      6
     ],
     "destination": [
      "packed_B",
      6
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      7
     ],
     "destination": [
      "packed_B",
      7
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      8
     ],
     "destination": [
      "packed_B",
      8
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      9
     ],
     "destination": [
      "packed_B",
      9
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      10
     ],
     "destination": [
      "packed_B",
      10
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      11
     ],
     "destination": [
      "packed_B",
      11
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      12
     ],
     "destination": [
      "packed_B",
      12
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      13
     ],
     "destination": [
      "packed_B",
      13
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      14
     ],
     "destination": [
      "packed_B",
      14
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      15
     ],
     "destination": [
      "packed_B",
      15
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      16
     ],
     "destination": [
      "packed_B",
      16
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      17
     ],
     "destination": [
      "packed_B",
      17
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      18
     ],
     "destination": [
      "packed_B",
      18
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      19
     ],
     "destination": [
      "packed_B",
      19
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      20
     ],
     "destination": [
      "packed_B",
      20
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      21
     ],
     "destination": [
      "packed_B",
      21
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      22
     ],
     "destination": [
      "packed_B",
      22
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      23
     ],
     "destination": [
      "packed_B",
      23
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      24
     ],
     "destination": [
      "packed_B",
      24
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      25
     ],
     "destination": [
      "packed_B",
      25
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      26
     ],
     "destination": [
      "packed_B",
      26
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      27
     ],
     "destination": [
      "packed_B",
      27
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      28
     ],
     "destination": [
      "packed_B",
      28
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      29
     ],
     "destination": [
      "packed_B",
      29
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      30
     ],
     "destination": [
      "packed_B",
      30
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      31
     ],
     "destination": [
      "packed_B",
      31
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      32
     ],
     "destination": [
      "packed_B",
      32
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      33
     ],
     "destination": [
      "packed_B",
      33
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      34
     ],
     "destination": [
      "packed_B",
      34
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      35
     ],
     "destination": [
      "packed_B",
      35
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      36
     ],
     "destination": [
      "packed_B",
      36
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      37
     ],
     "destination": [
      "packed_B",
      37
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      38
     ],
     "destination": [
      "packed_B",
      38
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      39
     ],
     "destination": [
      "packed_B",
      39
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      40
     ],
     "destination": [
      "packed_B",
      40
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      41
     ],
     "destination": [
      "packed_B",
      41
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      42
     ],
     "destination": [
      "packed_B",
      42
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      43
     ],
     "destination": [
      "packed_B",
      43
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      44
     ],
     "destination": [
      "packed_B",
      44
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      45
     ],
     "destination": [
      "packed_B",
      45
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      46
     ],
     "destination": [
      "packed_B",
      46
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      47
     ],
     "destination": [
      "packed_B",
      47
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      48
     ],
     "destination": [
      "packed_B",
      48
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      49
     ],
     "destination": [
      "packed_B",
      49
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      50
     ],
     "destination": [
      "packed_B",
      50
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      51
     ],
     "destination": [
      "packed_B",
      51
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      52
     ],
     "destination": [
      "packed_B",
      52
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      53
     ],
     "destination": [
      "packed_B",
      53
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      54
     ],
     "destination": [
      "packed_B",
      54
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      55
     ],
     "destination": [
      "packed_B",
      55
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      56
     ],
     "destination": [
      "packed_B",
      56
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      57
     ],
     "destination": [
      "packed_B",
      57
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      58
     ],
     "destination": [
      "packed_B",
      58
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      59
     ],
     "destination": [
      "packed_B",
      59
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      60
     ],
     "destination": [
      "packed_B",
      60
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      61
     ],
     "destination": [
      "packed_B",
      61
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      62
     ],
     "destination": [
      "packed_B",
      62
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode_B",
      63
     ],
     "destination": [
      "packed_B",
      63
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "morph_rest",
      0
     ],
     "destination": [
      "morph",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "morph",
      0
     ],
     "destination": [
      "morph_time",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "morph_time",
      0
     ],
     "destination": [
      "morph_line",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "morph_line",
      0
     ],
     "destination": [
      "morph_other",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "packed_A",
      0
     ],
     "destination": [
      "part_A",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "morph_other",
      0
     ],
     "destination": [
      "part_A",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "part_A",
      0
     ],
     "destination": [
      "both",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "packed_B",
      0
     ],
     "destination": [
      "part_B",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "morph_line",
      0
     ],
     "destination": [
      "part_B",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "part_B",
      0
     ],
     "destination": [
      "both",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "both",
      0
     ],
     "destination": [
      "apart",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      0
     ],
     "destination": [
      "decode",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      1
     ],
     "destination": [
      "decode",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      2
     ],
     "destination": [
      "decode",
      2
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      3
     ],
     "destination": [
      "decode",
      3
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      4
     ],
     "destination": [
      "decode",
      4
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      5
     ],
     "destination": [
      "decode",
      5
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      6
     ],
     "destination": [
      "decode",
      6
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      7
     ],
     "destination": [
      "decode",
      7
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      8
     ],
     "destination": [
      "decode",
      8
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      9
     ],
     "destination": [
      "decode",
      9
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      10
     ],
     "destination": [
      "decode",
      10
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      11
     ],
     "destination": [
      "decode",
      11
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      12
     ],
     "destination": [
      "decode",
      12
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      13
     ],
     "destination": [
      "decode",
      13
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      14
     ],
     "destination": [
      "decode",
      14
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      15
     ],
     "destination": [
      "decode",
      15
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      16
     ],
     "destination": [
      "decode",
      16
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      17
     ],
     "destination": [
      "decode",
      17
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      18
     ],
     "destination": [
      "decode",
      18
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      19
     ],
     "destination": [
      "decode",
      19
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      20
     ],
     "destination": [
      "decode",
      20
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      21
     ],
     "destination": [
      "decode",
      21
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      22
     ],
     "destination": [
      "decode",
      22
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      23
     ],
     "destination": [
      "decode",
      23
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      24
     ],
     "destination": [
      "decode",
      24
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      25
     ],
     "destination": [
      "decode",
      25
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      26
     ],
     "destination": [
      "decode",
      26
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      27
     ],
     "destination": [
      "decode",
      27
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      28
     ],
     "destination": [
      "decode",
      28
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      29
     ],
     "destination": [
      "decode",
      29
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      30
     ],
     "destination": [
      "decode",
      30
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      31
     ],
     "destination": [
      "decode",
      31
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      32
     ],
     "destination": [
      "decode",
      32
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      33
     ],
     "destination": [
      "decode",
      33
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      34
     ],
     "destination": [
      "decode",
      34
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      35
     ],
     "destination": [
      "decode",
      35
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      36
     ],
     "destination": [
      "decode",
      36
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      37
     ],
     "destination": [
      "decode",
      37
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      38
     ],
     "destination": [
      "decode",
      38
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      39
     ],
     "destination": [
      "decode",
      39
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      40
     ],
     "destination": [
      "decode",
      40
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      41
     ],
     "destination": [
      "decode",
      41
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      42
     ],
     "destination": [
      "decode",
      42
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      43
     ],
     "destination": [
      "decode",
      43
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      44
     ],
     "destination": [
      "decode",
      44
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      45
     ],
     "destination": [
      "decode",
      45
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      46
     ],
     "destination": [
      "decode",
      46
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      47
     ],
     "destination": [
      "decode",
      47
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      48
     ],
     "destination": [
      "decode",
      48
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      49
     ],
     "destination": [
      "decode",
      49
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      50
     ],
     "destination": [
      "decode",
      50
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      51
     ],
     "destination": [
      "decode",
      51
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      52
     ],
     "destination": [
      "decode",
      52
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      53
     ],
     "destination": [
      "decode",
      53
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      54
     ],
     "destination": [
      "decode",
      54
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      55
     ],
     "destination": [
      "decode",
      55
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      56
     ],
     "destination": [
      "decode",
      56
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      57
     ],
     "destination": [
      "decode",
      57
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      58
     ],
     "destination": [
      "decode",
      58
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      59
     ],
     "destination": [
      "decode",
      59
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      60
     ],
     "destination": [
      "decode",
      60
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      61
     ],
     "destination": [
      "decode",
      61
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      62
     ],
     "destination": [
      "decode",
      62
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "apart",
      63
     ],
     "destination": [
      "decode",
      63
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "decode",
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
      "decode",
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
      "glide_in_ms_rest",
      0
     ],
     "destination": [
      "glide_in_ms_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "glide_in_ms_control",
      0
     ],
     "destination": [
      "glide_in_ms_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "glide_in_ms_message",
      0
     ],
     "destination": [
      "decode",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "freeze_rest",
      0
     ],
     "destination": [
      "freeze_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "freeze_control",
      0
     ],
     "destination": [
      "freeze_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "freeze_message",
      0
     ],
     "destination": [
      "decode",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "reset",
      0
     ],
     "destination": [
      "encode_A",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "reset",
      0
     ],
     "destination": [
      "encode_B",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "reset",
      0
     ],
     "destination": [
      "decode",
      0
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
