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
   1040.0,
   660.0
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
      640,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "ACE-Step's autoencoder as a stream: audio -> 64 latents -> audio"
    }
   },
   {
    "box": {
     "id": "hint",
     "maxclass": "comment",
     "patching_rect": [
      20,
      34,
      640,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "Put ace-step-1.5.ts into Max's search path. It needs nn~ 1.6, at 48000 Hz."
    }
   },
   {
    "box": {
     "id": "adc",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      80,
      60,
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
      140,
      56,
      40,
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
      190,
      56,
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
      140,
      90,
      60,
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
     "id": "encode",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      140,
      980,
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
     "text": "nn~ ace-step-1.5 encode 4096"
    }
   },
   {
    "box": {
     "id": "decode",
     "maxclass": "newobj",
     "patching_rect": [
      20,
      420,
      980,
      22
     ],
     "numinlets": 64,
     "numoutlets": 2,
     "outlettype": [
      "signal",
      "signal"
     ],
     "text": "nn~ ace-step-1.5 decode 4096"
    }
   },
   {
    "box": {
     "id": "gain",
     "maxclass": "live.gain~",
     "patching_rect": [
      20,
      460,
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
     "maxclass": "newobj",
     "patching_rect": [
      20,
      590,
      60,
      22
     ],
     "numinlets": 2,
     "numoutlets": 0,
     "outlettype": [],
     "text": "dac~ 1 2"
    }
   },
   {
    "box": {
     "id": "noise_label",
     "maxclass": "comment",
     "patching_rect": [
      260,
      64,
      150,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "encoder: noise of the VAE, 0 to 2"
    }
   },
   {
    "box": {
     "id": "noise_number",
     "maxclass": "flonum",
     "patching_rect": [
      260,
      86,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": 0.0,
     "maximum": 2.0
    }
   },
   {
    "box": {
     "id": "noise_message",
     "maxclass": "message",
     "patching_rect": [
      330,
      86,
      130,
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
     "id": "reset_encode",
     "maxclass": "message",
     "patching_rect": [
      480,
      86,
      80,
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
     "id": "scale_label",
     "maxclass": "comment",
     "patching_rect": [
      120,
      190,
      150,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "decoder: scale of all latents"
    }
   },
   {
    "box": {
     "id": "scale_number",
     "maxclass": "flonum",
     "patching_rect": [
      120,
      212,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -10.0,
     "maximum": 10.0
    }
   },
   {
    "box": {
     "id": "scale_message",
     "maxclass": "message",
     "patching_rect": [
      190,
      212,
      130,
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
     "id": "bias_label",
     "maxclass": "comment",
     "patching_rect": [
      360,
      190,
      150,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "decoder: bias of all latents"
    }
   },
   {
    "box": {
     "id": "bias_number",
     "maxclass": "flonum",
     "patching_rect": [
      360,
      212,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -10.0,
     "maximum": 10.0
    }
   },
   {
    "box": {
     "id": "bias_message",
     "maxclass": "message",
     "patching_rect": [
      430,
      212,
      130,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "set latent_bias $1"
    }
   },
   {
    "box": {
     "id": "reset_decode",
     "maxclass": "message",
     "patching_rect": [
      600,
      212,
      80,
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
     "id": "latent1_label",
     "maxclass": "comment",
     "patching_rect": [
      120,
      260,
      150,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "bias of latent 1"
    }
   },
   {
    "box": {
     "id": "latent1_number",
     "maxclass": "flonum",
     "patching_rect": [
      120,
      282,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -10.0,
     "maximum": 10.0
    }
   },
   {
    "box": {
     "id": "latent1_message",
     "maxclass": "message",
     "patching_rect": [
      190,
      282,
      130,
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
     "id": "latent2_label",
     "maxclass": "comment",
     "patching_rect": [
      340,
      260,
      150,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "bias of latent 2"
    }
   },
   {
    "box": {
     "id": "latent2_number",
     "maxclass": "flonum",
     "patching_rect": [
      340,
      282,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -10.0,
     "maximum": 10.0
    }
   },
   {
    "box": {
     "id": "latent2_message",
     "maxclass": "message",
     "patching_rect": [
      410,
      282,
      130,
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
     "id": "latent3_label",
     "maxclass": "comment",
     "patching_rect": [
      560,
      260,
      150,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "bias of latent 3"
    }
   },
   {
    "box": {
     "id": "latent3_number",
     "maxclass": "flonum",
     "patching_rect": [
      560,
      282,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -10.0,
     "maximum": 10.0
    }
   },
   {
    "box": {
     "id": "latent3_message",
     "maxclass": "message",
     "patching_rect": [
      630,
      282,
      130,
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
     "id": "latent4_label",
     "maxclass": "comment",
     "patching_rect": [
      780,
      260,
      150,
      20
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "bias of latent 4"
    }
   },
   {
    "box": {
     "id": "latent4_number",
     "maxclass": "flonum",
     "patching_rect": [
      780,
      282,
      60,
      22
     ],
     "numinlets": 1,
     "numoutlets": 2,
     "outlettype": [
      "",
      "bang"
     ],
     "minimum": -10.0,
     "maximum": 10.0
    }
   },
   {
    "box": {
     "id": "latent4_message",
     "maxclass": "message",
     "patching_rect": [
      850,
      282,
      130,
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
     "id": "late",
     "maxclass": "message",
     "patching_rect": [
      120,
      340,
      130,
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
     "id": "late_hint",
     "maxclass": "comment",
     "patching_rect": [
      260,
      340,
      740,
      34
     ],
     "numinlets": 1,
     "numoutlets": 0,
     "outlettype": [],
     "text": "Late by 1020 ms: 613 ms are the model's, 407 ms are those of nn~ and of the queues in the file."
    }
   },
   {
    "box": {
     "id": "gpu",
     "maxclass": "toggle",
     "patching_rect": [
      600,
      86,
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
     "id": "gpu_message",
     "maxclass": "message",
     "patching_rect": [
      630,
      86,
      60,
      22
     ],
     "numinlets": 2,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "gpu $1"
    }
   },
   {
    "box": {
     "id": "rest_at_1",
     "maxclass": "newobj",
     "patching_rect": [
      10,
      212,
      100,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "loadmess set 1.",
     "hidden": 1
    }
   },
   {
    "box": {
     "id": "rest_at_0",
     "maxclass": "newobj",
     "patching_rect": [
      10,
      282,
      100,
      22
     ],
     "numinlets": 1,
     "numoutlets": 1,
     "outlettype": [
      ""
     ],
     "text": "loadmess set 0.",
     "hidden": 1
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
      "noise_number",
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
      "encode",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "reset_encode",
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
      "scale_number",
      0
     ],
     "destination": [
      "scale_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "scale_message",
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
      "bias_number",
      0
     ],
     "destination": [
      "bias_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "bias_message",
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
      "reset_decode",
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
      "latent1_number",
      0
     ],
     "destination": [
      "latent1_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent1_message",
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
      "latent2_number",
      0
     ],
     "destination": [
      "latent2_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent2_message",
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
      "latent3_number",
      0
     ],
     "destination": [
      "latent3_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent3_message",
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
      "latent4_number",
      0
     ],
     "destination": [
      "latent4_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "latent4_message",
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
      "late",
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
      "gpu",
      0
     ],
     "destination": [
      "gpu_message",
      0
     ]
    }
   },
   {
    "patchline": {
     "source": [
      "gpu_message",
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
      "gpu_message",
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
      "rest_at_1",
      0
     ],
     "destination": [
      "noise_number",
      0
     ],
     "hidden": 1
    }
   },
   {
    "patchline": {
     "source": [
      "rest_at_1",
      0
     ],
     "destination": [
      "scale_number",
      0
     ],
     "hidden": 1
    }
   },
   {
    "patchline": {
     "source": [
      "rest_at_0",
      0
     ],
     "destination": [
      "bias_number",
      0
     ],
     "hidden": 1
    }
   },
   {
    "patchline": {
     "source": [
      "rest_at_0",
      0
     ],
     "destination": [
      "latent1_number",
      0
     ],
     "hidden": 1
    }
   },
   {
    "patchline": {
     "source": [
      "rest_at_0",
      0
     ],
     "destination": [
      "latent2_number",
      0
     ],
     "hidden": 1
    }
   },
   {
    "patchline": {
     "source": [
      "rest_at_0",
      0
     ],
     "destination": [
      "latent3_number",
      0
     ],
     "hidden": 1
    }
   },
   {
    "patchline": {
     "source": [
      "rest_at_0",
      0
     ],
     "destination": [
      "latent4_number",
      0
     ],
     "hidden": 1
    }
   }
  ]
 }
}
