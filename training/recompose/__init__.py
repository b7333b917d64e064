"""Training pictures put together on the training's own device, from a bank of finished drawings.

Data processes draw and compose some ten pictures per second and core; a GPU trains on many more.
Here they only decide what a picture shows (`planning`), which takes a fraction of the time. A bank
of drawings lies on the device (`bank`); there they are recoloured (`recolor`), placed in front of
each other (`composite`) over backgrounds (`grounds`) and handled (`handling`), and `batches` gives
what the detector trains on. It is copy and paste as in Ghiasi et al. 2021 (arXiv 2012.07177:
scaled and mirrored at random, masks of what is covered updated, almost hidden figures left out)
with Liu et al. 2023's layouts.

Everything runs on a CPU too, with the same pictures up to rounding.
"""
