"""Networks: `torch.nn.Module`s and nothing else. No files, no images, no device is chosen here.

One architecture a file; sizes come from arguments, and `from_state_dict` reads them off a
checkpoint's tensor shapes.
"""

from .fuse import fuse_norms
from .isnet import GroundTruthEncoder, ISNet
from .rtmdet_ins import RTMDetIns, RTMDetInsConfig, dynamic_masks, mask_priors, rtmdet_ins_config

__all__ = [
    "GroundTruthEncoder",
    "ISNet",
    "RTMDetIns",
    "RTMDetInsConfig",
    "dynamic_masks",
    "fuse_norms",
    "mask_priors",
    "rtmdet_ins_config",
]
