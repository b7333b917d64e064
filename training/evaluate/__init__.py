"""How good is a detector and a refiner: box, mask and boundary AP, and a sheet of pictures.

`python -m training.evaluate` measures the embedded weights on held-out compositions;
`--detector`, `--refiner` and `--coco` measure other weights and other pictures.
"""
