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
   820.0
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
     "text": "Latents to disk: record them, and play them back slower, faster, backwards"
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
     "text": "Put exports of make demo into Max's search path, or write the name of your own file, with 64 latents, into both objects. It needs nn~ 1.6."
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
      40
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "A frame of latents lasts 2048 samples. At half the speed it lasts twice as long, so the sound is slower, and keeps its pitch."
    }
   },
   {
    "box": {
     "id": "adc",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      122,
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
      122,
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
      122,
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
      178,
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
      150,
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
      122,
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
      150,
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
      232,
      780,
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
     "id": "packed",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      272,
      780,
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
     "id": "ticks_begin",
     "maxclass": "newobj",
     "patching_rect": [
      420,
      122,
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
     "id": "ticks",
     "maxclass": "newobj",
     "patching_rect": [
      420,
      150,
      133,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      "bang"
     ],
     "text": "metro 2048 samples"
    }
   },
   {
    "box": {
     "id": "record_label",
     "maxclass": "comment",
     "patching_rect": [
      600,
      122,
      198,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "record from the beginning"
    }
   },
   {
    "box": {
     "id": "record",
     "maxclass": "toggle",
     "patching_rect": [
      600,
      144,
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
     "id": "record_begins",
     "maxclass": "newobj",
     "patching_rect": [
      640,
      144,
      47,
      22
     ],
     "numinlets": 2,
     "numoutlets": 2,
     "outlettype": [
      "bang",
      ""
     ],
     "text": "sel 1"
    }
   },
   {
    "box": {
     "id": "record_gate",
     "maxclass": "newobj",
     "patching_rect": [
      540,
      172,
      40,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "gate"
    }
   },
   {
    "box": {
     "id": "recorder",
     "maxclass": "newobj",
     "patching_rect": [
      300,
      342,
      80,
      22
     ],
     "numinlets": 3,
     "numoutlets": 1,
     "outlettype": [
      "int"
     ],
     "text": "p record",
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
       900.0,
       460.0
      ],
      "default_fontsize": 12.0,
      "boxes": [
       {
        "box": {
         "id": "latents",
         "maxclass": "inlet",
         "patching_rect": [
          20,
          20,
          30,
          30
         ],
         "numinlets": 0,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "index": 1
        }
       },
       {
        "box": {
         "id": "ticks",
         "maxclass": "inlet",
         "patching_rect": [
          120,
          20,
          30,
          30
         ],
         "numinlets": 0,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "index": 2
        }
       },
       {
        "box": {
         "id": "begin",
         "maxclass": "inlet",
         "patching_rect": [
          220,
          20,
          30,
          30
         ],
         "numinlets": 0,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "index": 3
        }
       },
       {
        "box": {
         "id": "apart",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          70,
          800,
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
         "id": "joined",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          200,
          800,
          22
         ],
         "numinlets": 64,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "text": "join 64"
        }
       },
       {
        "box": {
         "id": "order",
         "maxclass": "newobj",
         "patching_rect": [
          120,
          100,
          60,
          22
         ],
         "numinlets": 1,
         "numoutlets": 3,
         "outlettype": [
          "bang",
          "bang",
          "bang"
         ],
         "text": "t b b b"
        }
       },
       {
        "box": {
         "id": "value_1",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_2",
         "maxclass": "newobj",
         "patching_rect": [
          33,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_3",
         "maxclass": "newobj",
         "patching_rect": [
          46,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_4",
         "maxclass": "newobj",
         "patching_rect": [
          59,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_5",
         "maxclass": "newobj",
         "patching_rect": [
          72,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_6",
         "maxclass": "newobj",
         "patching_rect": [
          85,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_7",
         "maxclass": "newobj",
         "patching_rect": [
          98,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_8",
         "maxclass": "newobj",
         "patching_rect": [
          111,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_9",
         "maxclass": "newobj",
         "patching_rect": [
          124,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_10",
         "maxclass": "newobj",
         "patching_rect": [
          137,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_11",
         "maxclass": "newobj",
         "patching_rect": [
          150,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_12",
         "maxclass": "newobj",
         "patching_rect": [
          163,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_13",
         "maxclass": "newobj",
         "patching_rect": [
          176,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_14",
         "maxclass": "newobj",
         "patching_rect": [
          189,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_15",
         "maxclass": "newobj",
         "patching_rect": [
          202,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_16",
         "maxclass": "newobj",
         "patching_rect": [
          215,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_17",
         "maxclass": "newobj",
         "patching_rect": [
          228,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_18",
         "maxclass": "newobj",
         "patching_rect": [
          241,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_19",
         "maxclass": "newobj",
         "patching_rect": [
          254,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_20",
         "maxclass": "newobj",
         "patching_rect": [
          267,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_21",
         "maxclass": "newobj",
         "patching_rect": [
          280,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_22",
         "maxclass": "newobj",
         "patching_rect": [
          293,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_23",
         "maxclass": "newobj",
         "patching_rect": [
          306,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_24",
         "maxclass": "newobj",
         "patching_rect": [
          319,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_25",
         "maxclass": "newobj",
         "patching_rect": [
          332,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_26",
         "maxclass": "newobj",
         "patching_rect": [
          345,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_27",
         "maxclass": "newobj",
         "patching_rect": [
          358,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_28",
         "maxclass": "newobj",
         "patching_rect": [
          371,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_29",
         "maxclass": "newobj",
         "patching_rect": [
          384,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_30",
         "maxclass": "newobj",
         "patching_rect": [
          397,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_31",
         "maxclass": "newobj",
         "patching_rect": [
          410,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_32",
         "maxclass": "newobj",
         "patching_rect": [
          423,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_33",
         "maxclass": "newobj",
         "patching_rect": [
          436,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_34",
         "maxclass": "newobj",
         "patching_rect": [
          449,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_35",
         "maxclass": "newobj",
         "patching_rect": [
          462,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_36",
         "maxclass": "newobj",
         "patching_rect": [
          475,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_37",
         "maxclass": "newobj",
         "patching_rect": [
          488,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_38",
         "maxclass": "newobj",
         "patching_rect": [
          501,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_39",
         "maxclass": "newobj",
         "patching_rect": [
          514,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_40",
         "maxclass": "newobj",
         "patching_rect": [
          527,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_41",
         "maxclass": "newobj",
         "patching_rect": [
          540,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_42",
         "maxclass": "newobj",
         "patching_rect": [
          553,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_43",
         "maxclass": "newobj",
         "patching_rect": [
          566,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_44",
         "maxclass": "newobj",
         "patching_rect": [
          579,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_45",
         "maxclass": "newobj",
         "patching_rect": [
          592,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_46",
         "maxclass": "newobj",
         "patching_rect": [
          605,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_47",
         "maxclass": "newobj",
         "patching_rect": [
          618,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_48",
         "maxclass": "newobj",
         "patching_rect": [
          631,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_49",
         "maxclass": "newobj",
         "patching_rect": [
          644,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_50",
         "maxclass": "newobj",
         "patching_rect": [
          657,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_51",
         "maxclass": "newobj",
         "patching_rect": [
          670,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_52",
         "maxclass": "newobj",
         "patching_rect": [
          683,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_53",
         "maxclass": "newobj",
         "patching_rect": [
          696,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_54",
         "maxclass": "newobj",
         "patching_rect": [
          709,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_55",
         "maxclass": "newobj",
         "patching_rect": [
          722,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_56",
         "maxclass": "newobj",
         "patching_rect": [
          735,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_57",
         "maxclass": "newobj",
         "patching_rect": [
          748,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_58",
         "maxclass": "newobj",
         "patching_rect": [
          761,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_59",
         "maxclass": "newobj",
         "patching_rect": [
          774,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_60",
         "maxclass": "newobj",
         "patching_rect": [
          787,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_61",
         "maxclass": "newobj",
         "patching_rect": [
          800,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_62",
         "maxclass": "newobj",
         "patching_rect": [
          813,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_63",
         "maxclass": "newobj",
         "patching_rect": [
          826,
          130,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "value_64",
         "maxclass": "newobj",
         "patching_rect": [
          839,
          154,
          73,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "snapshot~"
        }
       },
       {
        "box": {
         "id": "counts",
         "maxclass": "newobj",
         "patching_rect": [
          120,
          250,
          106,
          22
         ],
         "numinlets": 5,
         "numoutlets": 4,
         "outlettype": [
          "int",
          "",
          "",
          "int"
         ],
         "text": "counter 0 5999"
        }
       },
       {
        "box": {
         "id": "zero",
         "maxclass": "message",
         "patching_rect": [
          220,
          220,
          45,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "text": "set 0"
        }
       },
       {
        "box": {
         "id": "frame",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          300,
          60,
          22
         ],
         "numinlets": 2,
         "numoutlets": 2,
         "outlettype": [
          "",
          ""
         ],
         "text": "zl.join"
        }
       },
       {
        "box": {
         "id": "kept",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          340,
          153,
          22
         ],
         "numinlets": 1,
         "numoutlets": 4,
         "outlettype": [
          "",
          "",
          "bang",
          "bang"
         ],
         "text": "coll saoctl-latents 1"
        }
       },
       {
        "box": {
         "id": "more",
         "maxclass": "newobj",
         "patching_rect": [
          120,
          300,
          34,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "int"
         ],
         "text": "+ 1"
        }
       },
       {
        "box": {
         "id": "length",
         "maxclass": "outlet",
         "patching_rect": [
          120,
          380,
          30,
          30
         ],
         "numinlets": 1,
         "numoutlets": 0,
         "outlettype": [],
         "index": 1
        }
       }
      ],
      "lines": [
       {
        "patchline": {
         "source": [
          "latents",
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
          "ticks",
          0
         ],
         "destination": [
          "order",
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
          "value_1",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_1",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_1",
          0
         ],
         "destination": [
          "joined",
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
          "value_2",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_2",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_2",
          0
         ],
         "destination": [
          "joined",
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
          "value_3",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_3",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_3",
          0
         ],
         "destination": [
          "joined",
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
          "value_4",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_4",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_4",
          0
         ],
         "destination": [
          "joined",
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
          "value_5",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_5",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_5",
          0
         ],
         "destination": [
          "joined",
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
          "value_6",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_6",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_6",
          0
         ],
         "destination": [
          "joined",
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
          "value_7",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_7",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_7",
          0
         ],
         "destination": [
          "joined",
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
          "value_8",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_8",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_8",
          0
         ],
         "destination": [
          "joined",
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
          "value_9",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_9",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_9",
          0
         ],
         "destination": [
          "joined",
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
          "value_10",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_10",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_10",
          0
         ],
         "destination": [
          "joined",
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
          "value_11",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_11",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_11",
          0
         ],
         "destination": [
          "joined",
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
          "value_12",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_12",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_12",
          0
         ],
         "destination": [
          "joined",
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
          "value_13",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_13",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_13",
          0
         ],
         "destination": [
          "joined",
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
          "value_14",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_14",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_14",
          0
         ],
         "destination": [
          "joined",
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
          "value_15",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_15",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_15",
          0
         ],
         "destination": [
          "joined",
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
          "value_16",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_16",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_16",
          0
         ],
         "destination": [
          "joined",
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
          "value_17",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_17",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_17",
          0
         ],
         "destination": [
          "joined",
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
          "value_18",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_18",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_18",
          0
         ],
         "destination": [
          "joined",
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
          "value_19",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_19",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_19",
          0
         ],
         "destination": [
          "joined",
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
          "value_20",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_20",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_20",
          0
         ],
         "destination": [
          "joined",
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
          "value_21",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_21",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_21",
          0
         ],
         "destination": [
          "joined",
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
          "value_22",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_22",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_22",
          0
         ],
         "destination": [
          "joined",
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
          "value_23",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_23",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_23",
          0
         ],
         "destination": [
          "joined",
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
          "value_24",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_24",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_24",
          0
         ],
         "destination": [
          "joined",
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
          "value_25",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_25",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_25",
          0
         ],
         "destination": [
          "joined",
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
          "value_26",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_26",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_26",
          0
         ],
         "destination": [
          "joined",
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
          "value_27",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_27",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_27",
          0
         ],
         "destination": [
          "joined",
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
          "value_28",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_28",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_28",
          0
         ],
         "destination": [
          "joined",
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
          "value_29",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_29",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_29",
          0
         ],
         "destination": [
          "joined",
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
          "value_30",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_30",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_30",
          0
         ],
         "destination": [
          "joined",
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
          "value_31",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_31",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_31",
          0
         ],
         "destination": [
          "joined",
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
          "value_32",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_32",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_32",
          0
         ],
         "destination": [
          "joined",
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
          "value_33",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_33",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_33",
          0
         ],
         "destination": [
          "joined",
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
          "value_34",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_34",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_34",
          0
         ],
         "destination": [
          "joined",
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
          "value_35",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_35",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_35",
          0
         ],
         "destination": [
          "joined",
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
          "value_36",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_36",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_36",
          0
         ],
         "destination": [
          "joined",
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
          "value_37",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_37",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_37",
          0
         ],
         "destination": [
          "joined",
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
          "value_38",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_38",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_38",
          0
         ],
         "destination": [
          "joined",
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
          "value_39",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_39",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_39",
          0
         ],
         "destination": [
          "joined",
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
          "value_40",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_40",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_40",
          0
         ],
         "destination": [
          "joined",
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
          "value_41",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_41",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_41",
          0
         ],
         "destination": [
          "joined",
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
          "value_42",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_42",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_42",
          0
         ],
         "destination": [
          "joined",
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
          "value_43",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_43",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_43",
          0
         ],
         "destination": [
          "joined",
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
          "value_44",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_44",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_44",
          0
         ],
         "destination": [
          "joined",
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
          "value_45",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_45",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_45",
          0
         ],
         "destination": [
          "joined",
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
          "value_46",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_46",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_46",
          0
         ],
         "destination": [
          "joined",
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
          "value_47",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_47",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_47",
          0
         ],
         "destination": [
          "joined",
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
          "value_48",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_48",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_48",
          0
         ],
         "destination": [
          "joined",
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
          "value_49",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_49",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_49",
          0
         ],
         "destination": [
          "joined",
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
          "value_50",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_50",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_50",
          0
         ],
         "destination": [
          "joined",
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
          "value_51",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_51",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_51",
          0
         ],
         "destination": [
          "joined",
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
          "value_52",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_52",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_52",
          0
         ],
         "destination": [
          "joined",
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
          "value_53",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_53",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_53",
          0
         ],
         "destination": [
          "joined",
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
          "value_54",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_54",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_54",
          0
         ],
         "destination": [
          "joined",
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
          "value_55",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_55",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_55",
          0
         ],
         "destination": [
          "joined",
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
          "value_56",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_56",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_56",
          0
         ],
         "destination": [
          "joined",
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
          "value_57",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_57",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_57",
          0
         ],
         "destination": [
          "joined",
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
          "value_58",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_58",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_58",
          0
         ],
         "destination": [
          "joined",
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
          "value_59",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_59",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_59",
          0
         ],
         "destination": [
          "joined",
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
          "value_60",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_60",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_60",
          0
         ],
         "destination": [
          "joined",
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
          "value_61",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_61",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_61",
          0
         ],
         "destination": [
          "joined",
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
          "value_62",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_62",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_62",
          0
         ],
         "destination": [
          "joined",
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
          "value_63",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_63",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_63",
          0
         ],
         "destination": [
          "joined",
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
          "value_64",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "value_64",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "value_64",
          0
         ],
         "destination": [
          "joined",
          63
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "begin",
          0
         ],
         "destination": [
          "zero",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "zero",
          0
         ],
         "destination": [
          "counts",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          1
         ],
         "destination": [
          "joined",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "joined",
          0
         ],
         "destination": [
          "frame",
          1
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          0
         ],
         "destination": [
          "counts",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "counts",
          0
         ],
         "destination": [
          "frame",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "frame",
          0
         ],
         "destination": [
          "kept",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "counts",
          0
         ],
         "destination": [
          "more",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "more",
          0
         ],
         "destination": [
          "length",
          0
         ]
        }
       }
      ]
     }
    }
   },
   {
    "box": {
     "id": "player",
     "maxclass": "newobj",
     "patching_rect": [
      300,
      442,
      66,
      22
     ],
     "numinlets": 3,
     "numoutlets": 1,
     "outlettype": [
      "multichannelsignal"
     ],
     "text": "p play",
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
       900.0,
       560.0
      ],
      "default_fontsize": 12.0,
      "boxes": [
       {
        "box": {
         "id": "ticks",
         "maxclass": "inlet",
         "patching_rect": [
          20,
          20,
          30,
          30
         ],
         "numinlets": 0,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "index": 1
        }
       },
       {
        "box": {
         "id": "speed",
         "maxclass": "inlet",
         "patching_rect": [
          120,
          20,
          30,
          30
         ],
         "numinlets": 0,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "index": 2
        }
       },
       {
        "box": {
         "id": "length",
         "maxclass": "inlet",
         "patching_rect": [
          220,
          20,
          30,
          30
         ],
         "numinlets": 0,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "index": 3
        }
       },
       {
        "box": {
         "id": "step",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          70,
          40,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "f 1."
        }
       },
       {
        "box": {
         "id": "moved",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          100,
          40,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          "float"
         ],
         "text": "+ 0."
        }
       },
       {
        "box": {
         "id": "within",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          130,
          364,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "text": "expr ($f2 < 1.) ? 0. : ($f1 - floor($f1 / $f2) * $f2)"
        }
       },
       {
        "box": {
         "id": "order",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          160,
          73,
          22
         ],
         "numinlets": 1,
         "numoutlets": 4,
         "outlettype": [
          "float",
          "float",
          "float",
          "float"
         ],
         "text": "t f f f f"
        }
       },
       {
        "box": {
         "id": "first",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          260,
          146,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "text": "expr int(floor($f1))"
        }
       },
       {
        "box": {
         "id": "second",
         "maxclass": "newobj",
         "patching_rect": [
          220,
          220,
          370,
          22
         ],
         "numinlets": 2,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "text": "expr (floor($f1) + 1. < $f2) ? int(floor($f1)) + 1 : 0"
        }
       },
       {
        "box": {
         "id": "part",
         "maxclass": "newobj",
         "patching_rect": [
          420,
          190,
          153,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "text": "expr $f1 - floor($f1)"
        }
       },
       {
        "box": {
         "id": "one",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          300,
          153,
          22
         ],
         "numinlets": 1,
         "numoutlets": 4,
         "outlettype": [
          "",
          "",
          "bang",
          "bang"
         ],
         "text": "coll saoctl-latents 1"
        }
       },
       {
        "box": {
         "id": "two",
         "maxclass": "newobj",
         "patching_rect": [
          220,
          300,
          153,
          22
         ],
         "numinlets": 1,
         "numoutlets": 4,
         "outlettype": [
          "",
          "",
          "bang",
          "bang"
         ],
         "text": "coll saoctl-latents 1"
        }
       },
       {
        "box": {
         "id": "mixed",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          350,
          298,
          22
         ],
         "numinlets": 3,
         "numoutlets": 1,
         "outlettype": [
          ""
         ],
         "text": "vexpr $f1 + ($f2 - $f1) * $f3 @scalarmode 1"
        }
       },
       {
        "box": {
         "id": "each",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          390,
          800,
          22
         ],
         "numinlets": 1,
         "numoutlets": 64,
         "outlettype": [
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float",
          "float"
         ],
         "text": "unpack 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0. 0."
        }
       },
       {
        "box": {
         "id": "together",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          470,
          800,
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
         "id": "out",
         "maxclass": "outlet",
         "patching_rect": [
          20,
          510,
          30,
          30
         ],
         "numinlets": 1,
         "numoutlets": 0,
         "outlettype": [],
         "index": 1
        }
       },
       {
        "box": {
         "id": "held_1",
         "maxclass": "newobj",
         "patching_rect": [
          20,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_2",
         "maxclass": "newobj",
         "patching_rect": [
          33,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_3",
         "maxclass": "newobj",
         "patching_rect": [
          46,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_4",
         "maxclass": "newobj",
         "patching_rect": [
          59,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_5",
         "maxclass": "newobj",
         "patching_rect": [
          72,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_6",
         "maxclass": "newobj",
         "patching_rect": [
          85,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_7",
         "maxclass": "newobj",
         "patching_rect": [
          98,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_8",
         "maxclass": "newobj",
         "patching_rect": [
          111,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_9",
         "maxclass": "newobj",
         "patching_rect": [
          124,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_10",
         "maxclass": "newobj",
         "patching_rect": [
          137,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_11",
         "maxclass": "newobj",
         "patching_rect": [
          150,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_12",
         "maxclass": "newobj",
         "patching_rect": [
          163,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_13",
         "maxclass": "newobj",
         "patching_rect": [
          176,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_14",
         "maxclass": "newobj",
         "patching_rect": [
          189,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_15",
         "maxclass": "newobj",
         "patching_rect": [
          202,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_16",
         "maxclass": "newobj",
         "patching_rect": [
          215,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_17",
         "maxclass": "newobj",
         "patching_rect": [
          228,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_18",
         "maxclass": "newobj",
         "patching_rect": [
          241,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_19",
         "maxclass": "newobj",
         "patching_rect": [
          254,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_20",
         "maxclass": "newobj",
         "patching_rect": [
          267,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_21",
         "maxclass": "newobj",
         "patching_rect": [
          280,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_22",
         "maxclass": "newobj",
         "patching_rect": [
          293,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_23",
         "maxclass": "newobj",
         "patching_rect": [
          306,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_24",
         "maxclass": "newobj",
         "patching_rect": [
          319,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_25",
         "maxclass": "newobj",
         "patching_rect": [
          332,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_26",
         "maxclass": "newobj",
         "patching_rect": [
          345,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_27",
         "maxclass": "newobj",
         "patching_rect": [
          358,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_28",
         "maxclass": "newobj",
         "patching_rect": [
          371,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_29",
         "maxclass": "newobj",
         "patching_rect": [
          384,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_30",
         "maxclass": "newobj",
         "patching_rect": [
          397,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_31",
         "maxclass": "newobj",
         "patching_rect": [
          410,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_32",
         "maxclass": "newobj",
         "patching_rect": [
          423,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_33",
         "maxclass": "newobj",
         "patching_rect": [
          436,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_34",
         "maxclass": "newobj",
         "patching_rect": [
          449,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_35",
         "maxclass": "newobj",
         "patching_rect": [
          462,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_36",
         "maxclass": "newobj",
         "patching_rect": [
          475,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_37",
         "maxclass": "newobj",
         "patching_rect": [
          488,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_38",
         "maxclass": "newobj",
         "patching_rect": [
          501,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_39",
         "maxclass": "newobj",
         "patching_rect": [
          514,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_40",
         "maxclass": "newobj",
         "patching_rect": [
          527,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_41",
         "maxclass": "newobj",
         "patching_rect": [
          540,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_42",
         "maxclass": "newobj",
         "patching_rect": [
          553,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_43",
         "maxclass": "newobj",
         "patching_rect": [
          566,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_44",
         "maxclass": "newobj",
         "patching_rect": [
          579,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_45",
         "maxclass": "newobj",
         "patching_rect": [
          592,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_46",
         "maxclass": "newobj",
         "patching_rect": [
          605,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_47",
         "maxclass": "newobj",
         "patching_rect": [
          618,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_48",
         "maxclass": "newobj",
         "patching_rect": [
          631,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_49",
         "maxclass": "newobj",
         "patching_rect": [
          644,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_50",
         "maxclass": "newobj",
         "patching_rect": [
          657,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_51",
         "maxclass": "newobj",
         "patching_rect": [
          670,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_52",
         "maxclass": "newobj",
         "patching_rect": [
          683,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_53",
         "maxclass": "newobj",
         "patching_rect": [
          696,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_54",
         "maxclass": "newobj",
         "patching_rect": [
          709,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_55",
         "maxclass": "newobj",
         "patching_rect": [
          722,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_56",
         "maxclass": "newobj",
         "patching_rect": [
          735,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_57",
         "maxclass": "newobj",
         "patching_rect": [
          748,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_58",
         "maxclass": "newobj",
         "patching_rect": [
          761,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_59",
         "maxclass": "newobj",
         "patching_rect": [
          774,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_60",
         "maxclass": "newobj",
         "patching_rect": [
          787,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_61",
         "maxclass": "newobj",
         "patching_rect": [
          800,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_62",
         "maxclass": "newobj",
         "patching_rect": [
          813,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_63",
         "maxclass": "newobj",
         "patching_rect": [
          826,
          420,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       },
       {
        "box": {
         "id": "held_64",
         "maxclass": "newobj",
         "patching_rect": [
          839,
          444,
          40,
          22
         ],
         "numinlets": 1,
         "numoutlets": 1,
         "outlettype": [
          "signal"
         ],
         "text": "sig~"
        }
       }
      ],
      "lines": [
       {
        "patchline": {
         "source": [
          "speed",
          0
         ],
         "destination": [
          "step",
          1
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "ticks",
          0
         ],
         "destination": [
          "step",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "step",
          0
         ],
         "destination": [
          "moved",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "moved",
          0
         ],
         "destination": [
          "within",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "within",
          0
         ],
         "destination": [
          "order",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "length",
          0
         ],
         "destination": [
          "within",
          1
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "length",
          0
         ],
         "destination": [
          "second",
          1
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          3
         ],
         "destination": [
          "moved",
          1
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          2
         ],
         "destination": [
          "part",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          1
         ],
         "destination": [
          "second",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "order",
          0
         ],
         "destination": [
          "first",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "part",
          0
         ],
         "destination": [
          "mixed",
          2
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "second",
          0
         ],
         "destination": [
          "two",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "two",
          0
         ],
         "destination": [
          "mixed",
          1
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "first",
          0
         ],
         "destination": [
          "one",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "one",
          0
         ],
         "destination": [
          "mixed",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "mixed",
          0
         ],
         "destination": [
          "each",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          0
         ],
         "destination": [
          "held_1",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_1",
          0
         ],
         "destination": [
          "together",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          1
         ],
         "destination": [
          "held_2",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_2",
          0
         ],
         "destination": [
          "together",
          1
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          2
         ],
         "destination": [
          "held_3",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_3",
          0
         ],
         "destination": [
          "together",
          2
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          3
         ],
         "destination": [
          "held_4",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_4",
          0
         ],
         "destination": [
          "together",
          3
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          4
         ],
         "destination": [
          "held_5",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_5",
          0
         ],
         "destination": [
          "together",
          4
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          5
         ],
         "destination": [
          "held_6",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_6",
          0
         ],
         "destination": [
          "together",
          5
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          6
         ],
         "destination": [
          "held_7",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_7",
          0
         ],
         "destination": [
          "together",
          6
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          7
         ],
         "destination": [
          "held_8",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_8",
          0
         ],
         "destination": [
          "together",
          7
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          8
         ],
         "destination": [
          "held_9",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_9",
          0
         ],
         "destination": [
          "together",
          8
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          9
         ],
         "destination": [
          "held_10",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_10",
          0
         ],
         "destination": [
          "together",
          9
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          10
         ],
         "destination": [
          "held_11",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_11",
          0
         ],
         "destination": [
          "together",
          10
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          11
         ],
         "destination": [
          "held_12",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_12",
          0
         ],
         "destination": [
          "together",
          11
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          12
         ],
         "destination": [
          "held_13",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_13",
          0
         ],
         "destination": [
          "together",
          12
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          13
         ],
         "destination": [
          "held_14",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_14",
          0
         ],
         "destination": [
          "together",
          13
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          14
         ],
         "destination": [
          "held_15",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_15",
          0
         ],
         "destination": [
          "together",
          14
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          15
         ],
         "destination": [
          "held_16",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_16",
          0
         ],
         "destination": [
          "together",
          15
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          16
         ],
         "destination": [
          "held_17",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_17",
          0
         ],
         "destination": [
          "together",
          16
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          17
         ],
         "destination": [
          "held_18",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_18",
          0
         ],
         "destination": [
          "together",
          17
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          18
         ],
         "destination": [
          "held_19",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_19",
          0
         ],
         "destination": [
          "together",
          18
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          19
         ],
         "destination": [
          "held_20",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_20",
          0
         ],
         "destination": [
          "together",
          19
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          20
         ],
         "destination": [
          "held_21",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_21",
          0
         ],
         "destination": [
          "together",
          20
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          21
         ],
         "destination": [
          "held_22",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_22",
          0
         ],
         "destination": [
          "together",
          21
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          22
         ],
         "destination": [
          "held_23",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_23",
          0
         ],
         "destination": [
          "together",
          22
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          23
         ],
         "destination": [
          "held_24",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_24",
          0
         ],
         "destination": [
          "together",
          23
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          24
         ],
         "destination": [
          "held_25",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_25",
          0
         ],
         "destination": [
          "together",
          24
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          25
         ],
         "destination": [
          "held_26",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_26",
          0
         ],
         "destination": [
          "together",
          25
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          26
         ],
         "destination": [
          "held_27",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_27",
          0
         ],
         "destination": [
          "together",
          26
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          27
         ],
         "destination": [
          "held_28",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_28",
          0
         ],
         "destination": [
          "together",
          27
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          28
         ],
         "destination": [
          "held_29",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_29",
          0
         ],
         "destination": [
          "together",
          28
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          29
         ],
         "destination": [
          "held_30",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_30",
          0
         ],
         "destination": [
          "together",
          29
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          30
         ],
         "destination": [
          "held_31",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_31",
          0
         ],
         "destination": [
          "together",
          30
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          31
         ],
         "destination": [
          "held_32",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_32",
          0
         ],
         "destination": [
          "together",
          31
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          32
         ],
         "destination": [
          "held_33",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_33",
          0
         ],
         "destination": [
          "together",
          32
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          33
         ],
         "destination": [
          "held_34",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_34",
          0
         ],
         "destination": [
          "together",
          33
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          34
         ],
         "destination": [
          "held_35",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_35",
          0
         ],
         "destination": [
          "together",
          34
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          35
         ],
         "destination": [
          "held_36",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_36",
          0
         ],
         "destination": [
          "together",
          35
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          36
         ],
         "destination": [
          "held_37",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_37",
          0
         ],
         "destination": [
          "together",
          36
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          37
         ],
         "destination": [
          "held_38",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_38",
          0
         ],
         "destination": [
          "together",
          37
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          38
         ],
         "destination": [
          "held_39",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_39",
          0
         ],
         "destination": [
          "together",
          38
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          39
         ],
         "destination": [
          "held_40",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_40",
          0
         ],
         "destination": [
          "together",
          39
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          40
         ],
         "destination": [
          "held_41",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_41",
          0
         ],
         "destination": [
          "together",
          40
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          41
         ],
         "destination": [
          "held_42",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_42",
          0
         ],
         "destination": [
          "together",
          41
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          42
         ],
         "destination": [
          "held_43",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_43",
          0
         ],
         "destination": [
          "together",
          42
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          43
         ],
         "destination": [
          "held_44",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_44",
          0
         ],
         "destination": [
          "together",
          43
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          44
         ],
         "destination": [
          "held_45",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_45",
          0
         ],
         "destination": [
          "together",
          44
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          45
         ],
         "destination": [
          "held_46",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_46",
          0
         ],
         "destination": [
          "together",
          45
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          46
         ],
         "destination": [
          "held_47",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_47",
          0
         ],
         "destination": [
          "together",
          46
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          47
         ],
         "destination": [
          "held_48",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_48",
          0
         ],
         "destination": [
          "together",
          47
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          48
         ],
         "destination": [
          "held_49",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_49",
          0
         ],
         "destination": [
          "together",
          48
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          49
         ],
         "destination": [
          "held_50",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_50",
          0
         ],
         "destination": [
          "together",
          49
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          50
         ],
         "destination": [
          "held_51",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_51",
          0
         ],
         "destination": [
          "together",
          50
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          51
         ],
         "destination": [
          "held_52",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_52",
          0
         ],
         "destination": [
          "together",
          51
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          52
         ],
         "destination": [
          "held_53",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_53",
          0
         ],
         "destination": [
          "together",
          52
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          53
         ],
         "destination": [
          "held_54",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_54",
          0
         ],
         "destination": [
          "together",
          53
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          54
         ],
         "destination": [
          "held_55",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_55",
          0
         ],
         "destination": [
          "together",
          54
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          55
         ],
         "destination": [
          "held_56",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_56",
          0
         ],
         "destination": [
          "together",
          55
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          56
         ],
         "destination": [
          "held_57",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_57",
          0
         ],
         "destination": [
          "together",
          56
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          57
         ],
         "destination": [
          "held_58",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_58",
          0
         ],
         "destination": [
          "together",
          57
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          58
         ],
         "destination": [
          "held_59",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_59",
          0
         ],
         "destination": [
          "together",
          58
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          59
         ],
         "destination": [
          "held_60",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_60",
          0
         ],
         "destination": [
          "together",
          59
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          60
         ],
         "destination": [
          "held_61",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_61",
          0
         ],
         "destination": [
          "together",
          60
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          61
         ],
         "destination": [
          "held_62",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_62",
          0
         ],
         "destination": [
          "together",
          61
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          62
         ],
         "destination": [
          "held_63",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_63",
          0
         ],
         "destination": [
          "together",
          62
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "each",
          63
         ],
         "destination": [
          "held_64",
          0
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "held_64",
          0
         ],
         "destination": [
          "together",
          63
         ]
        }
       },
       {
        "patchline": {
         "source": [
          "together",
          0
         ],
         "destination": [
          "out",
          0
         ]
        }
       }
      ]
     }
    }
   },
   {
    "box": {
     "id": "speed_label",
     "maxclass": "comment",
     "patching_rect": [
      420,
      442,
      158,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "speed, -2 to 2"
    }
   },
   {
    "box": {
     "id": "speed",
     "maxclass": "flonum",
     "patching_rect": [
      420,
      464,
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
     "id": "speed_rest",
     "maxclass": "newobj",
     "patching_rect": [
      486,
      464,
      87,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "loadmess 1."
    }
   },
   {
    "box": {
     "id": "length",
     "maxclass": "flonum",
     "patching_rect": [
      300,
      404,
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
     "id": "length_label",
     "maxclass": "comment",
     "patching_rect": [
      364,
      404,
      158,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "frames recorded"
    }
   },
   {
    "box": {
     "id": "files",
     "maxclass": "newobj",
     "patching_rect": [
      600,
      422,
      153,
      22
     ],
     "numinlets": 1,
     "numoutlets": 4,
     "outlettype": [
      "",
      "",
      "bang",
      "bang"
     ],
     "text": "coll saoctl-latents 1"
    }
   },
   {
    "box": {
     "id": "write",
     "maxclass": "message",
     "patching_rect": [
      600,
      394,
      45,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "write"
    }
   },
   {
    "box": {
     "id": "read",
     "maxclass": "message",
     "patching_rect": [
      660,
      394,
      38,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "read"
    }
   },
   {
    "box": {
     "id": "how_many",
     "maxclass": "message",
     "patching_rect": [
      600,
      452,
      52,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "length"
    }
   },
   {
    "box": {
     "id": "found",
     "maxclass": "newobj",
     "patching_rect": [
      680,
      452,
      73,
      22
     ],
     "numinlets": 2,
     "numoutlets": 2,
     "outlettype": [
      "",
      ""
     ],
     "text": "route int"
    }
   },
   {
    "box": {
     "id": "files_label",
     "maxclass": "comment",
     "patching_rect": [
      600,
      370,
      224,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "saves and opens the recording"
    }
   },
   {
    "box": {
     "id": "turned_label",
     "maxclass": "comment",
     "patching_rect": [
      20,
      312,
      238,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "1: recorded instead of live"
    }
   },
   {
    "box": {
     "id": "turned",
     "maxclass": "toggle",
     "patching_rect": [
      20,
      334,
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
     "id": "turned_time",
     "maxclass": "newobj",
     "patching_rect": [
      60,
      334,
      80,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "pack 0. 20"
    }
   },
   {
    "box": {
     "id": "turned_line",
     "maxclass": "newobj",
     "patching_rect": [
      160,
      334,
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
      60,
      362,
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
      512,
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
     "id": "now",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      482,
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
     "id": "then",
     "maxclass": "newobj",
     "patching_rect": [
      140,
      482,
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
      542,
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
      582,
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
      622,
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
      742,
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
      622,
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
      644,
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
      644,
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
      670,
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
      360,
      644,
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
      900,
      122,
      330,
      60
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "A recording has up to 6000 frames, 4.6 minutes. It is lost when the patch is closed, so save it."
    }
   },
   {
    "box": {
     "id": "told_2",
     "maxclass": "comment",
     "patching_rect": [
      900,
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
     "id": "told_3",
     "maxclass": "comment",
     "patching_rect": [
      900,
      294,
      330,
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
      900,
      360,
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
      900,
      388,
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
      990,
      388,
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
      900,
      416,
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
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
      "packed",
      63
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "ticks_begin",
      0
     ],
     "destination": [
      "ticks",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "record",
      0
     ],
     "destination": [
      "record_begins",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "record",
      0
     ],
     "destination": [
      "record_gate",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "ticks",
      0
     ],
     "destination": [
      "record_gate",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "record_gate",
      0
     ],
     "destination": [
      "recorder",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "record_begins",
      0
     ],
     "destination": [
      "recorder",
      2
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "packed",
      0
     ],
     "destination": [
      "recorder",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "speed_rest",
      0
     ],
     "destination": [
      "speed",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "speed",
      0
     ],
     "destination": [
      "player",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "ticks",
      0
     ],
     "destination": [
      "player",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "recorder",
      0
     ],
     "destination": [
      "length",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "length",
      0
     ],
     "destination": [
      "player",
      2
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "write",
      0
     ],
     "destination": [
      "files",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "read",
      0
     ],
     "destination": [
      "files",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "files",
      2
     ],
     "destination": [
      "how_many",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "how_many",
      0
     ],
     "destination": [
      "files",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "files",
      0
     ],
     "destination": [
      "found",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "found",
      0
     ],
     "destination": [
      "length",
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
      "packed",
      0
     ],
     "destination": [
      "now",
      0
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
      "now",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "now",
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
      "player",
      0
     ],
     "destination": [
      "then",
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
      "then",
      1
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "then",
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
