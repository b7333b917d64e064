"""Where the camera goes: presets, keyframes, the largest safe move, focus, stereo."""
