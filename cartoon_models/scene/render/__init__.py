"""What the camera sees: frames, on the CPU and on a GPU."""
