"""Layered scenes: one picture as a background plate and layers, and a camera that flies through.

`build_scene` takes a picture and its instances apart, `camera_preset` makes a camera for the scene,
`render_frames` gives what that camera sees.
"""
