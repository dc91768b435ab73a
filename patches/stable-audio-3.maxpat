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
   1260.0,
   760.0
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
     "text": "Stable Audio 3: 256 latents between an encoder and a decoder"
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
     "text": "It plays the file of: saoctl export -c stable-audio-3-small. Put the file into Max's search path. It needs nn~ 1.6."
    }
   },
   {
    "box": {
     "id": "adc",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      82,
      67,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "signal",
      "signal"
     ],
     "text": "adc~ 1 2"
    }
   },
   {
    "box": {
     "id": "open",
     "maxclass": "message",
     "patching_rect": [
      120,
      82,
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
      170,
      82,
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
      120,
      138,
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
      240,
      110,
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
      196,
      82,
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
     "id": "encode",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      182,
      1200,
      22
     ],
     "numinlets": 2,
     "numoutlets": 256,
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
      "signal",
      "signal",
      "signal",
      "signal"
     ],
     "text": "nn~ stable-audio-3-small encode 8192"
    }
   },
   {
    "box": {
     "id": "decode",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      242,
      1200,
      22
     ],
     "numinlets": 256,
     "numoutlets": 2,
     "outlettype": [
      "signal",
      "signal"
     ],
     "text": "nn~ stable-audio-3-small decode 8192"
    }
   },
   {
    "box": {
     "id": "gain",
     "maxclass": "live.gain~",
     "patching_rect": [
      20,
      302,
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
      422,
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
     "id": "latent_1_label",
     "maxclass": "comment",
     "patching_rect": [
      140,
      302,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "latent 1, -3 to 3"
    }
   },
   {
    "box": {
     "id": "latent_1_control",
     "maxclass": "flonum",
     "patching_rect": [
      140,
      324,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -3,
     "maximum": 3
    }
   },
   {
    "box": {
     "id": "latent_1_message",
     "maxclass": "message",
     "patching_rect": [
      206,
      324,
      131,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent 1 1. $1"
    }
   },
   {
    "box": {
     "id": "latent_1_rest",
     "maxclass": "newobj",
     "patching_rect": [
      206,
      350,
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
     "id": "latent_2_label",
     "maxclass": "comment",
     "patching_rect": [
      140,
      378,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "latent 2, -3 to 3"
    }
   },
   {
    "box": {
     "id": "latent_2_control",
     "maxclass": "flonum",
     "patching_rect": [
      140,
      400,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -3,
     "maximum": 3
    }
   },
   {
    "box": {
     "id": "latent_2_message",
     "maxclass": "message",
     "patching_rect": [
      206,
      400,
      131,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent 2 1. $1"
    }
   },
   {
    "box": {
     "id": "latent_2_rest",
     "maxclass": "newobj",
     "patching_rect": [
      206,
      426,
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
     "id": "latent_3_label",
     "maxclass": "comment",
     "patching_rect": [
      140,
      454,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "latent 3, -3 to 3"
    }
   },
   {
    "box": {
     "id": "latent_3_control",
     "maxclass": "flonum",
     "patching_rect": [
      140,
      476,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -3,
     "maximum": 3
    }
   },
   {
    "box": {
     "id": "latent_3_message",
     "maxclass": "message",
     "patching_rect": [
      206,
      476,
      131,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent 3 1. $1"
    }
   },
   {
    "box": {
     "id": "latent_3_rest",
     "maxclass": "newobj",
     "patching_rect": [
      206,
      502,
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
     "id": "latent_4_label",
     "maxclass": "comment",
     "patching_rect": [
      140,
      530,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "latent 4, -3 to 3"
    }
   },
   {
    "box": {
     "id": "latent_4_control",
     "maxclass": "flonum",
     "patching_rect": [
      140,
      552,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -3,
     "maximum": 3
    }
   },
   {
    "box": {
     "id": "latent_4_message",
     "maxclass": "message",
     "patching_rect": [
      206,
      552,
      131,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent 4 1. $1"
    }
   },
   {
    "box": {
     "id": "latent_4_rest",
     "maxclass": "newobj",
     "patching_rect": [
      206,
      578,
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
     "id": "latent_5_label",
     "maxclass": "comment",
     "patching_rect": [
      360,
      302,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "latent 5, -3 to 3"
    }
   },
   {
    "box": {
     "id": "latent_5_control",
     "maxclass": "flonum",
     "patching_rect": [
      360,
      324,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -3,
     "maximum": 3
    }
   },
   {
    "box": {
     "id": "latent_5_message",
     "maxclass": "message",
     "patching_rect": [
      426,
      324,
      131,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent 5 1. $1"
    }
   },
   {
    "box": {
     "id": "latent_5_rest",
     "maxclass": "newobj",
     "patching_rect": [
      426,
      350,
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
     "id": "latent_6_label",
     "maxclass": "comment",
     "patching_rect": [
      360,
      378,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "latent 6, -3 to 3"
    }
   },
   {
    "box": {
     "id": "latent_6_control",
     "maxclass": "flonum",
     "patching_rect": [
      360,
      400,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -3,
     "maximum": 3
    }
   },
   {
    "box": {
     "id": "latent_6_message",
     "maxclass": "message",
     "patching_rect": [
      426,
      400,
      131,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent 6 1. $1"
    }
   },
   {
    "box": {
     "id": "latent_6_rest",
     "maxclass": "newobj",
     "patching_rect": [
      426,
      426,
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
     "id": "latent_7_label",
     "maxclass": "comment",
     "patching_rect": [
      360,
      454,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "latent 7, -3 to 3"
    }
   },
   {
    "box": {
     "id": "latent_7_control",
     "maxclass": "flonum",
     "patching_rect": [
      360,
      476,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -3,
     "maximum": 3
    }
   },
   {
    "box": {
     "id": "latent_7_message",
     "maxclass": "message",
     "patching_rect": [
      426,
      476,
      131,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent 7 1. $1"
    }
   },
   {
    "box": {
     "id": "latent_7_rest",
     "maxclass": "newobj",
     "patching_rect": [
      426,
      502,
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
     "id": "latent_8_label",
     "maxclass": "comment",
     "patching_rect": [
      360,
      530,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "latent 8, -3 to 3"
    }
   },
   {
    "box": {
     "id": "latent_8_control",
     "maxclass": "flonum",
     "patching_rect": [
      360,
      552,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -3,
     "maximum": 3
    }
   },
   {
    "box": {
     "id": "latent_8_message",
     "maxclass": "message",
     "patching_rect": [
      426,
      552,
      131,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent 8 1. $1"
    }
   },
   {
    "box": {
     "id": "latent_8_rest",
     "maxclass": "newobj",
     "patching_rect": [
      426,
      578,
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
      580,
      302,
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
      580,
      324,
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
      646,
      324,
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
      646,
      350,
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
     "id": "glide_in_ms_label",
     "maxclass": "comment",
     "patching_rect": [
      580,
      378,
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
      580,
      400,
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
      646,
      400,
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
      646,
      426,
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
     "id": "scale_of_all_label",
     "maxclass": "comment",
     "patching_rect": [
      580,
      454,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "scale of all, 0 to 2"
    }
   },
   {
    "box": {
     "id": "scale_of_all_control",
     "maxclass": "flonum",
     "patching_rect": [
      580,
      476,
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
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "scale_of_all_message",
     "maxclass": "message",
     "patching_rect": [
      646,
      476,
      137,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent_scale $1"
    }
   },
   {
    "box": {
     "id": "scale_of_all_rest",
     "maxclass": "newobj",
     "patching_rect": [
      646,
      502,
      106,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "loadmess set 1"
    }
   },
   {
    "box": {
     "id": "noise_label",
     "maxclass": "comment",
     "patching_rect": [
      580,
      530,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "noise, 0 to 2"
    }
   },
   {
    "box": {
     "id": "noise_control",
     "maxclass": "flonum",
     "patching_rect": [
      580,
      552,
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
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "noise_message",
     "maxclass": "message",
     "patching_rect": [
      646,
      552,
      91,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set noise $1"
    }
   },
   {
    "box": {
     "id": "noise_rest",
     "maxclass": "newobj",
     "patching_rect": [
      646,
      578,
      106,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "loadmess set 1"
    }
   },
   {
    "box": {
     "id": "neutral",
     "maxclass": "button",
     "patching_rect": [
      20,
      502,
      22,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      "bang"
     ]
    }
   },
   {
    "box": {
     "id": "neutral_label",
     "maxclass": "comment",
     "patching_rect": [
      48,
      502,
      132,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "all to neutral"
    }
   },
   {
    "box": {
     "id": "neutral_0",
     "maxclass": "message",
     "patching_rect": [
      20,
      530,
      24,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "0"
    }
   },
   {
    "box": {
     "id": "neutral_1",
     "maxclass": "message",
     "patching_rect": [
      60,
      530,
      24,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "1"
    }
   },
   {
    "box": {
     "id": "reset",
     "maxclass": "message",
     "patching_rect": [
      20,
      572,
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
     "id": "told_1",
     "maxclass": "comment",
     "patching_rect": [
      830,
      302,
      356,
      60
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "The sliders move the first eight of 256 latents. A file with a basis has better ones: see the patch play."
    }
   },
   {
    "box": {
     "id": "told_2",
     "maxclass": "comment",
     "patching_rect": [
      830,
      366,
      356,
      40
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "Both buffers are 8192, a chunk. In others the chunks of the decoder would be displaced."
    }
   },
   {
    "box": {
     "id": "told_3",
     "maxclass": "comment",
     "patching_rect": [
      830,
      410,
      356,
      40
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "The noise is the decoder's here. It is 1 as trained, a thousandth of the latents' deviation."
    }
   },
   {
    "box": {
     "id": "told_4",
     "maxclass": "comment",
     "patching_rect": [
      830,
      454,
      356,
      60
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "What you hear is late by 840 ms: 192 ms are the model's, 649 ms are nn~'s: 4 x 8192 - 4160 samples for both objects."
    }
   },
   {
    "box": {
     "id": "rate_begin",
     "maxclass": "newobj",
     "patching_rect": [
      830,
      518,
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
      546,
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
      546,
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
      574,
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
      "adc",
      0
     ],
     "destination": [
      "encode",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "adc",
      1
     ],
     "destination": [
      "encode",
      1
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
      "encode",
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
      "encode",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
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
      "encode",
      64
     ],
     "destination": [
      "decode",
      64
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      65
     ],
     "destination": [
      "decode",
      65
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      66
     ],
     "destination": [
      "decode",
      66
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      67
     ],
     "destination": [
      "decode",
      67
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      68
     ],
     "destination": [
      "decode",
      68
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      69
     ],
     "destination": [
      "decode",
      69
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      70
     ],
     "destination": [
      "decode",
      70
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      71
     ],
     "destination": [
      "decode",
      71
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      72
     ],
     "destination": [
      "decode",
      72
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      73
     ],
     "destination": [
      "decode",
      73
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      74
     ],
     "destination": [
      "decode",
      74
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      75
     ],
     "destination": [
      "decode",
      75
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      76
     ],
     "destination": [
      "decode",
      76
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      77
     ],
     "destination": [
      "decode",
      77
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      78
     ],
     "destination": [
      "decode",
      78
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      79
     ],
     "destination": [
      "decode",
      79
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      80
     ],
     "destination": [
      "decode",
      80
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      81
     ],
     "destination": [
      "decode",
      81
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      82
     ],
     "destination": [
      "decode",
      82
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      83
     ],
     "destination": [
      "decode",
      83
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      84
     ],
     "destination": [
      "decode",
      84
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      85
     ],
     "destination": [
      "decode",
      85
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      86
     ],
     "destination": [
      "decode",
      86
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      87
     ],
     "destination": [
      "decode",
      87
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      88
     ],
     "destination": [
      "decode",
      88
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      89
     ],
     "destination": [
      "decode",
      89
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      90
     ],
     "destination": [
      "decode",
      90
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      91
     ],
     "destination": [
      "decode",
      91
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      92
     ],
     "destination": [
      "decode",
      92
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      93
     ],
     "destination": [
      "decode",
      93
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      94
     ],
     "destination": [
      "decode",
      94
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      95
     ],
     "destination": [
      "decode",
      95
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      96
     ],
     "destination": [
      "decode",
      96
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      97
     ],
     "destination": [
      "decode",
      97
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      98
     ],
     "destination": [
      "decode",
      98
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      99
     ],
     "destination": [
      "decode",
      99
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      100
     ],
     "destination": [
      "decode",
      100
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      101
     ],
     "destination": [
      "decode",
      101
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      102
     ],
     "destination": [
      "decode",
      102
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      103
     ],
     "destination": [
      "decode",
      103
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      104
     ],
     "destination": [
      "decode",
      104
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      105
     ],
     "destination": [
      "decode",
      105
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      106
     ],
     "destination": [
      "decode",
      106
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      107
     ],
     "destination": [
      "decode",
      107
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      108
     ],
     "destination": [
      "decode",
      108
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      109
     ],
     "destination": [
      "decode",
      109
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      110
     ],
     "destination": [
      "decode",
      110
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      111
     ],
     "destination": [
      "decode",
      111
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      112
     ],
     "destination": [
      "decode",
      112
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      113
     ],
     "destination": [
      "decode",
      113
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      114
     ],
     "destination": [
      "decode",
      114
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      115
     ],
     "destination": [
      "decode",
      115
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      116
     ],
     "destination": [
      "decode",
      116
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      117
     ],
     "destination": [
      "decode",
      117
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      118
     ],
     "destination": [
      "decode",
      118
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      119
     ],
     "destination": [
      "decode",
      119
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      120
     ],
     "destination": [
      "decode",
      120
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      121
     ],
     "destination": [
      "decode",
      121
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      122
     ],
     "destination": [
      "decode",
      122
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      123
     ],
     "destination": [
      "decode",
      123
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      124
     ],
     "destination": [
      "decode",
      124
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      125
     ],
     "destination": [
      "decode",
      125
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      126
     ],
     "destination": [
      "decode",
      126
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      127
     ],
     "destination": [
      "decode",
      127
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      128
     ],
     "destination": [
      "decode",
      128
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      129
     ],
     "destination": [
      "decode",
      129
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      130
     ],
     "destination": [
      "decode",
      130
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      131
     ],
     "destination": [
      "decode",
      131
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      132
     ],
     "destination": [
      "decode",
      132
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      133
     ],
     "destination": [
      "decode",
      133
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      134
     ],
     "destination": [
      "decode",
      134
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      135
     ],
     "destination": [
      "decode",
      135
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      136
     ],
     "destination": [
      "decode",
      136
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      137
     ],
     "destination": [
      "decode",
      137
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      138
     ],
     "destination": [
      "decode",
      138
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      139
     ],
     "destination": [
      "decode",
      139
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      140
     ],
     "destination": [
      "decode",
      140
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      141
     ],
     "destination": [
      "decode",
      141
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      142
     ],
     "destination": [
      "decode",
      142
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      143
     ],
     "destination": [
      "decode",
      143
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      144
     ],
     "destination": [
      "decode",
      144
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      145
     ],
     "destination": [
      "decode",
      145
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      146
     ],
     "destination": [
      "decode",
      146
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      147
     ],
     "destination": [
      "decode",
      147
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      148
     ],
     "destination": [
      "decode",
      148
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      149
     ],
     "destination": [
      "decode",
      149
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      150
     ],
     "destination": [
      "decode",
      150
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      151
     ],
     "destination": [
      "decode",
      151
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      152
     ],
     "destination": [
      "decode",
      152
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      153
     ],
     "destination": [
      "decode",
      153
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      154
     ],
     "destination": [
      "decode",
      154
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      155
     ],
     "destination": [
      "decode",
      155
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      156
     ],
     "destination": [
      "decode",
      156
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      157
     ],
     "destination": [
      "decode",
      157
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      158
     ],
     "destination": [
      "decode",
      158
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      159
     ],
     "destination": [
      "decode",
      159
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      160
     ],
     "destination": [
      "decode",
      160
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      161
     ],
     "destination": [
      "decode",
      161
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      162
     ],
     "destination": [
      "decode",
      162
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      163
     ],
     "destination": [
      "decode",
      163
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      164
     ],
     "destination": [
      "decode",
      164
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      165
     ],
     "destination": [
      "decode",
      165
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      166
     ],
     "destination": [
      "decode",
      166
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      167
     ],
     "destination": [
      "decode",
      167
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      168
     ],
     "destination": [
      "decode",
      168
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      169
     ],
     "destination": [
      "decode",
      169
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      170
     ],
     "destination": [
      "decode",
      170
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      171
     ],
     "destination": [
      "decode",
      171
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      172
     ],
     "destination": [
      "decode",
      172
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      173
     ],
     "destination": [
      "decode",
      173
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      174
     ],
     "destination": [
      "decode",
      174
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      175
     ],
     "destination": [
      "decode",
      175
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      176
     ],
     "destination": [
      "decode",
      176
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      177
     ],
     "destination": [
      "decode",
      177
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      178
     ],
     "destination": [
      "decode",
      178
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      179
     ],
     "destination": [
      "decode",
      179
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      180
     ],
     "destination": [
      "decode",
      180
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      181
     ],
     "destination": [
      "decode",
      181
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      182
     ],
     "destination": [
      "decode",
      182
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      183
     ],
     "destination": [
      "decode",
      183
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      184
     ],
     "destination": [
      "decode",
      184
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      185
     ],
     "destination": [
      "decode",
      185
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      186
     ],
     "destination": [
      "decode",
      186
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      187
     ],
     "destination": [
      "decode",
      187
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      188
     ],
     "destination": [
      "decode",
      188
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      189
     ],
     "destination": [
      "decode",
      189
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      190
     ],
     "destination": [
      "decode",
      190
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      191
     ],
     "destination": [
      "decode",
      191
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      192
     ],
     "destination": [
      "decode",
      192
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      193
     ],
     "destination": [
      "decode",
      193
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      194
     ],
     "destination": [
      "decode",
      194
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      195
     ],
     "destination": [
      "decode",
      195
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      196
     ],
     "destination": [
      "decode",
      196
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      197
     ],
     "destination": [
      "decode",
      197
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      198
     ],
     "destination": [
      "decode",
      198
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      199
     ],
     "destination": [
      "decode",
      199
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      200
     ],
     "destination": [
      "decode",
      200
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      201
     ],
     "destination": [
      "decode",
      201
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      202
     ],
     "destination": [
      "decode",
      202
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      203
     ],
     "destination": [
      "decode",
      203
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      204
     ],
     "destination": [
      "decode",
      204
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      205
     ],
     "destination": [
      "decode",
      205
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      206
     ],
     "destination": [
      "decode",
      206
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      207
     ],
     "destination": [
      "decode",
      207
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      208
     ],
     "destination": [
      "decode",
      208
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      209
     ],
     "destination": [
      "decode",
      209
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      210
     ],
     "destination": [
      "decode",
      210
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      211
     ],
     "destination": [
      "decode",
      211
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      212
     ],
     "destination": [
      "decode",
      212
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      213
     ],
     "destination": [
      "decode",
      213
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      214
     ],
     "destination": [
      "decode",
      214
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      215
     ],
     "destination": [
      "decode",
      215
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      216
     ],
     "destination": [
      "decode",
      216
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      217
     ],
     "destination": [
      "decode",
      217
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      218
     ],
     "destination": [
      "decode",
      218
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      219
     ],
     "destination": [
      "decode",
      219
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      220
     ],
     "destination": [
      "decode",
      220
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      221
     ],
     "destination": [
      "decode",
      221
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      222
     ],
     "destination": [
      "decode",
      222
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      223
     ],
     "destination": [
      "decode",
      223
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      224
     ],
     "destination": [
      "decode",
      224
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      225
     ],
     "destination": [
      "decode",
      225
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      226
     ],
     "destination": [
      "decode",
      226
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      227
     ],
     "destination": [
      "decode",
      227
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      228
     ],
     "destination": [
      "decode",
      228
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      229
     ],
     "destination": [
      "decode",
      229
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      230
     ],
     "destination": [
      "decode",
      230
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      231
     ],
     "destination": [
      "decode",
      231
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      232
     ],
     "destination": [
      "decode",
      232
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      233
     ],
     "destination": [
      "decode",
      233
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      234
     ],
     "destination": [
      "decode",
      234
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      235
     ],
     "destination": [
      "decode",
      235
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      236
     ],
     "destination": [
      "decode",
      236
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      237
     ],
     "destination": [
      "decode",
      237
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      238
     ],
     "destination": [
      "decode",
      238
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      239
     ],
     "destination": [
      "decode",
      239
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      240
     ],
     "destination": [
      "decode",
      240
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      241
     ],
     "destination": [
      "decode",
      241
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      242
     ],
     "destination": [
      "decode",
      242
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      243
     ],
     "destination": [
      "decode",
      243
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      244
     ],
     "destination": [
      "decode",
      244
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      245
     ],
     "destination": [
      "decode",
      245
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      246
     ],
     "destination": [
      "decode",
      246
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      247
     ],
     "destination": [
      "decode",
      247
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      248
     ],
     "destination": [
      "decode",
      248
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      249
     ],
     "destination": [
      "decode",
      249
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      250
     ],
     "destination": [
      "decode",
      250
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      251
     ],
     "destination": [
      "decode",
      251
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      252
     ],
     "destination": [
      "decode",
      252
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      253
     ],
     "destination": [
      "decode",
      253
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      254
     ],
     "destination": [
      "decode",
      254
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "encode",
      255
     ],
     "destination": [
      "decode",
      255
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
      "latent_1_rest",
      0
     ],
     "destination": [
      "latent_1_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_1_control",
      0
     ],
     "destination": [
      "latent_1_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_1_message",
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
      "latent_2_rest",
      0
     ],
     "destination": [
      "latent_2_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_2_control",
      0
     ],
     "destination": [
      "latent_2_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_2_message",
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
      "latent_3_rest",
      0
     ],
     "destination": [
      "latent_3_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_3_control",
      0
     ],
     "destination": [
      "latent_3_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_3_message",
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
      "latent_4_rest",
      0
     ],
     "destination": [
      "latent_4_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_4_control",
      0
     ],
     "destination": [
      "latent_4_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_4_message",
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
      "latent_5_rest",
      0
     ],
     "destination": [
      "latent_5_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_5_control",
      0
     ],
     "destination": [
      "latent_5_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_5_message",
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
      "latent_6_rest",
      0
     ],
     "destination": [
      "latent_6_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_6_control",
      0
     ],
     "destination": [
      "latent_6_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_6_message",
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
      "latent_7_rest",
      0
     ],
     "destination": [
      "latent_7_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_7_control",
      0
     ],
     "destination": [
      "latent_7_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_7_message",
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
      "latent_8_rest",
      0
     ],
     "destination": [
      "latent_8_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_8_control",
      0
     ],
     "destination": [
      "latent_8_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent_8_message",
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
      "scale_of_all_rest",
      0
     ],
     "destination": [
      "scale_of_all_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "scale_of_all_control",
      0
     ],
     "destination": [
      "scale_of_all_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "scale_of_all_message",
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
      "noise_rest",
      0
     ],
     "destination": [
      "noise_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "noise_control",
      0
     ],
     "destination": [
      "noise_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "noise_message",
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
      "neutral",
      0
     ],
     "destination": [
      "neutral_0",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_0",
      0
     ],
     "destination": [
      "latent_1_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_0",
      0
     ],
     "destination": [
      "latent_2_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_0",
      0
     ],
     "destination": [
      "latent_3_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_0",
      0
     ],
     "destination": [
      "latent_4_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_0",
      0
     ],
     "destination": [
      "latent_5_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_0",
      0
     ],
     "destination": [
      "latent_6_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_0",
      0
     ],
     "destination": [
      "latent_7_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_0",
      0
     ],
     "destination": [
      "latent_8_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_0",
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
      "neutral_0",
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
      "neutral",
      0
     ],
     "destination": [
      "neutral_1",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_1",
      0
     ],
     "destination": [
      "scale_of_all_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "neutral_1",
      0
     ],
     "destination": [
      "noise_control",
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
      "encode",
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
