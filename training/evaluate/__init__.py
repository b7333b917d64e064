"""How good is a detector and a refiner: box, mask and boundary AP, what went wrong, and a sheet.

`python -m training.evaluate` measures the embedded weights on held-out compositions;
`--detector`, `--refiner`, `--set` and `--coco` measure other weights and other pictures.
"""
