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
   800.0
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
     "text": "Play: eight sliders along the directions of a basis, over a sound or over nothing"
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
     "text": "Put exports/demo of make demo into Max's search path, or write the name of your own file into both objects: docs/basis.md. It needs nn~ 1.6."
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
     "text": "The file must have 8 coordinates, because Max's cords are fixed. For another number, make new objects."
    }
   },
   {
    "box": {
     "id": "adc",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      102,
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
      170,
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
      120,
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
      240,
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
      196,
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
      120,
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
     "id": "encode",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      282,
      320,
      22
     ],
     "numinlets": 2,
     "numoutlets": 8,
     "outlettype": [
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal",
      "signal"
     ],
     "text": "nn~ eight-sliders encode 4096"
    }
   },
   {
    "box": {
     "id": "decode",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      522,
      320,
      22
     ],
     "numinlets": 8,
     "numoutlets": 2,
     "outlettype": [
      "signal",
      "signal"
     ],
     "text": "nn~ eight-sliders decode 4096"
    }
   },
   {
    "box": {
     "id": "gain",
     "maxclass": "live.gain~",
     "patching_rect": [
      20,
      572,
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
      692,
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
     "id": "noise_of_the_VAE_label",
     "maxclass": "comment",
     "patching_rect": [
      120,
      192,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "noise of the VAE, 0 to 2"
    }
   },
   {
    "box": {
     "id": "noise_of_the_VAE_control",
     "maxclass": "flonum",
     "patching_rect": [
      120,
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
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "noise_of_the_VAE_message",
     "maxclass": "message",
     "patching_rect": [
      186,
      214,
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
     "id": "noise_of_the_VAE_rest",
     "maxclass": "newobj",
     "patching_rect": [
      186,
      240,
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
     "id": "direction_1_label",
     "maxclass": "comment",
     "patching_rect": [
      400,
      102,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "direction 1, -2 to 2"
    }
   },
   {
    "box": {
     "id": "direction_1_control",
     "maxclass": "flonum",
     "patching_rect": [
      400,
      124,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -2,
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "direction_1_message",
     "maxclass": "message",
     "patching_rect": [
      466,
      124,
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
     "id": "direction_1_rest",
     "maxclass": "newobj",
     "patching_rect": [
      466,
      150,
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
     "id": "direction_2_label",
     "maxclass": "comment",
     "patching_rect": [
      400,
      178,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "direction 2, -2 to 2"
    }
   },
   {
    "box": {
     "id": "direction_2_control",
     "maxclass": "flonum",
     "patching_rect": [
      400,
      200,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -2,
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "direction_2_message",
     "maxclass": "message",
     "patching_rect": [
      466,
      200,
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
     "id": "direction_2_rest",
     "maxclass": "newobj",
     "patching_rect": [
      466,
      226,
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
     "id": "direction_3_label",
     "maxclass": "comment",
     "patching_rect": [
      400,
      254,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "direction 3, -2 to 2"
    }
   },
   {
    "box": {
     "id": "direction_3_control",
     "maxclass": "flonum",
     "patching_rect": [
      400,
      276,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -2,
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "direction_3_message",
     "maxclass": "message",
     "patching_rect": [
      466,
      276,
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
     "id": "direction_3_rest",
     "maxclass": "newobj",
     "patching_rect": [
      466,
      302,
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
     "id": "direction_4_label",
     "maxclass": "comment",
     "patching_rect": [
      400,
      330,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "direction 4, -2 to 2"
    }
   },
   {
    "box": {
     "id": "direction_4_control",
     "maxclass": "flonum",
     "patching_rect": [
      400,
      352,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -2,
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "direction_4_message",
     "maxclass": "message",
     "patching_rect": [
      466,
      352,
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
     "id": "direction_4_rest",
     "maxclass": "newobj",
     "patching_rect": [
      466,
      378,
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
     "id": "direction_5_label",
     "maxclass": "comment",
     "patching_rect": [
      640,
      102,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "direction 5, -2 to 2"
    }
   },
   {
    "box": {
     "id": "direction_5_control",
     "maxclass": "flonum",
     "patching_rect": [
      640,
      124,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -2,
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "direction_5_message",
     "maxclass": "message",
     "patching_rect": [
      706,
      124,
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
     "id": "direction_5_rest",
     "maxclass": "newobj",
     "patching_rect": [
      706,
      150,
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
     "id": "direction_6_label",
     "maxclass": "comment",
     "patching_rect": [
      640,
      178,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "direction 6, -2 to 2"
    }
   },
   {
    "box": {
     "id": "direction_6_control",
     "maxclass": "flonum",
     "patching_rect": [
      640,
      200,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -2,
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "direction_6_message",
     "maxclass": "message",
     "patching_rect": [
      706,
      200,
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
     "id": "direction_6_rest",
     "maxclass": "newobj",
     "patching_rect": [
      706,
      226,
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
     "id": "direction_7_label",
     "maxclass": "comment",
     "patching_rect": [
      640,
      254,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "direction 7, -2 to 2"
    }
   },
   {
    "box": {
     "id": "direction_7_control",
     "maxclass": "flonum",
     "patching_rect": [
      640,
      276,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -2,
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "direction_7_message",
     "maxclass": "message",
     "patching_rect": [
      706,
      276,
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
     "id": "direction_7_rest",
     "maxclass": "newobj",
     "patching_rect": [
      706,
      302,
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
     "id": "direction_8_label",
     "maxclass": "comment",
     "patching_rect": [
      640,
      330,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "direction 8, -2 to 2"
    }
   },
   {
    "box": {
     "id": "direction_8_control",
     "maxclass": "flonum",
     "patching_rect": [
      640,
      352,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -2,
     "maximum": 2
    }
   },
   {
    "box": {
     "id": "direction_8_message",
     "maxclass": "message",
     "patching_rect": [
      706,
      352,
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
     "id": "direction_8_rest",
     "maxclass": "newobj",
     "patching_rect": [
      706,
      378,
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
      400,
      492,
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
      400,
      514,
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
      466,
      514,
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
      466,
      540,
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
      400,
      568,
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
      400,
      590,
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
      466,
      590,
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
      466,
      616,
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
     "id": "rest_label",
     "maxclass": "comment",
     "patching_rect": [
      640,
      492,
      211,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "rest, 0 to 2"
    }
   },
   {
    "box": {
     "id": "rest_control",
     "maxclass": "flonum",
     "patching_rect": [
      640,
      514,
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
     "id": "rest_message",
     "maxclass": "message",
     "patching_rect": [
      706,
      514,
      85,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set rest $1"
    }
   },
   {
    "box": {
     "id": "rest_rest",
     "maxclass": "newobj",
     "patching_rect": [
      706,
      540,
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
      640,
      568,
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
      640,
      590,
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
      706,
      590,
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
      706,
      616,
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
      322,
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
      322,
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
      350,
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
      350,
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
     "id": "presets",
     "maxclass": "preset",
     "patching_rect": [
      400,
      422,
      100,
      40
     ],
     "numinlets": 1,
     "numoutlets": 4,
     "outlettype": [
      "preset",
      "int",
      "preset",
      "int"
     ]
    }
   },
   {
    "box": {
     "id": "presets_label",
     "maxclass": "comment",
     "patching_rect": [
      510,
      422,
      264,
      40
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "presets: shift-click stores the sliders, a click recalls them"
    }
   },
   {
    "box": {
     "id": "reset",
     "maxclass": "message",
     "patching_rect": [
      20,
      402,
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
     "id": "from_nothing",
     "maxclass": "button",
     "patching_rect": [
      120,
      402,
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
     "id": "from_nothing_label",
     "maxclass": "comment",
     "patching_rect": [
      150,
      402,
      132,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "from nothing"
    }
   },
   {
    "box": {
     "id": "from_nothing_order",
     "maxclass": "newobj",
     "patching_rect": [
      120,
      430,
      47,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "int",
      "bang"
     ],
     "text": "t 1 b"
    }
   },
   {
    "box": {
     "id": "from_nothing_reset",
     "maxclass": "message",
     "patching_rect": [
      180,
      458,
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
      880,
      102,
      343,
      80
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "The unit of a slider is a spread: -2 to 2 is about the range of the sounds of the basis. At 0 it changes nothing. Without a basis the sliders move the first eight latents."
    }
   },
   {
    "box": {
     "id": "told_2",
     "maxclass": "comment",
     "patching_rect": [
      880,
      186,
      343,
      40
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "From nothing: forgets the sound and holds the mean of your sounds. Then only the sliders play."
    }
   },
   {
    "box": {
     "id": "told_3",
     "maxclass": "comment",
     "patching_rect": [
      880,
      230,
      343,
      40
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "freeze holds the latents, and the sliders still move them. glide is the time a movement takes."
    }
   },
   {
    "box": {
     "id": "told_4",
     "maxclass": "comment",
     "patching_rect": [
      880,
      274,
      343,
      60
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "rest makes the directions without a slider vary: 1 as in the sounds. Without such directions nn~ refuses it."
    }
   },
   {
    "box": {
     "id": "told_5",
     "maxclass": "comment",
     "patching_rect": [
      880,
      338,
      343,
      40
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "A file exported with --skip-bottleneck has no noise: it accepts 0 alone."
    }
   },
   {
    "box": {
     "id": "told_6",
     "maxclass": "comment",
     "patching_rect": [
      880,
      382,
      343,
      80
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "What you hear is late by 1126 ms: 802 ms are the model's, 324 ms are nn~'s: 4 x 4096 - 2112 samples for both objects. This is the exact file. With less lookahead it is less: see saoctl info."
    }
   },
   {
    "box": {
     "id": "told_7",
     "maxclass": "comment",
     "patching_rect": [
      880,
      466,
      343,
      60
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "A change of the decoder is heard within 615 ms: 430 ms are the model's, 184 ms are nn~'s: 2 x 4096 - 64 samples."
    }
   },
   {
    "box": {
     "id": "rate_begin",
     "maxclass": "newobj",
     "patching_rect": [
      880,
      530,
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
      880,
      558,
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
      970,
      558,
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
      880,
      586,
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
      "noise_of_the_VAE_rest",
      0
     ],
     "destination": [
      "noise_of_the_VAE_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "noise_of_the_VAE_control",
      0
     ],
     "destination": [
      "noise_of_the_VAE_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "noise_of_the_VAE_message",
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
      "direction_1_rest",
      0
     ],
     "destination": [
      "direction_1_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_1_control",
      0
     ],
     "destination": [
      "direction_1_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_1_message",
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
      "direction_2_rest",
      0
     ],
     "destination": [
      "direction_2_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_2_control",
      0
     ],
     "destination": [
      "direction_2_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_2_message",
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
      "direction_3_rest",
      0
     ],
     "destination": [
      "direction_3_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_3_control",
      0
     ],
     "destination": [
      "direction_3_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_3_message",
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
      "direction_4_rest",
      0
     ],
     "destination": [
      "direction_4_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_4_control",
      0
     ],
     "destination": [
      "direction_4_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_4_message",
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
      "direction_5_rest",
      0
     ],
     "destination": [
      "direction_5_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_5_control",
      0
     ],
     "destination": [
      "direction_5_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_5_message",
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
      "direction_6_rest",
      0
     ],
     "destination": [
      "direction_6_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_6_control",
      0
     ],
     "destination": [
      "direction_6_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_6_message",
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
      "direction_7_rest",
      0
     ],
     "destination": [
      "direction_7_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_7_control",
      0
     ],
     "destination": [
      "direction_7_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_7_message",
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
      "direction_8_rest",
      0
     ],
     "destination": [
      "direction_8_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_8_control",
      0
     ],
     "destination": [
      "direction_8_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "direction_8_message",
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
      "rest_rest",
      0
     ],
     "destination": [
      "rest_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "rest_control",
      0
     ],
     "destination": [
      "rest_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "rest_message",
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
      "neutral_0",
      0
     ],
     "destination": [
      "rest_control",
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
      "direction_1_control",
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
      "direction_2_control",
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
      "direction_3_control",
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
      "direction_4_control",
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
      "direction_5_control",
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
      "direction_6_control",
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
      "direction_7_control",
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
      "direction_8_control",
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
      "noise_of_the_VAE_control",
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
      "presets",
      0
     ],
     "destination": [
      "direction_1_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "presets",
      0
     ],
     "destination": [
      "direction_2_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "presets",
      0
     ],
     "destination": [
      "direction_3_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "presets",
      0
     ],
     "destination": [
      "direction_4_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "presets",
      0
     ],
     "destination": [
      "direction_5_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "presets",
      0
     ],
     "destination": [
      "direction_6_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "presets",
      0
     ],
     "destination": [
      "direction_7_control",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "presets",
      0
     ],
     "destination": [
      "direction_8_control",
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
      "from_nothing",
      0
     ],
     "destination": [
      "from_nothing_order",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "from_nothing_order",
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
      "from_nothing_order",
      1
     ],
     "destination": [
      "from_nothing_reset",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "from_nothing_reset",
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
