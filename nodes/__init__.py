"""The nodes of CelKit: the list that ComfyUI is given."""

from comfy_api.latest import io

from .instances import (
    CelKitInstancesFromMasks,
    CelKitLoadCharacterSegmenter,
    CelKitSegmentBoxes,
    CelKitSegmentCharacters,
)
from .instances_edit import (
    CelKitArrangeInstances,
    CelKitEditInstance,
    CelKitJoinInstances,
    CelKitMergeInstances,
    CelKitRemoveInstances,
    CelKitSelectByTag,
    CelKitSelectInstances,
)
from .instances_files import CelKitLoadInstances, CelKitSaveInstances
from .instances_interop import (
    CelKitInstancesToBoundingBox,
    CelKitInstancesToLayers,
    CelKitInstancesToSEGS,
    CelKitSegmDetector,
)
from .instances_show import CelKitCutOutInstances, CelKitInstancesToMasks, CelKitPreviewInstances
from .instances_tags import CelKitLoadTagger, CelKitTagInstances
from .models import register_model_folder
from .wire import core_has_layers

register_model_folder()

NODES: list[type[io.ComfyNode]] = [
    CelKitLoadCharacterSegmenter,
    CelKitSegmentCharacters,
    CelKitSegmentBoxes,
    CelKitInstancesFromMasks,
    CelKitSelectInstances,
    CelKitSelectByTag,
    CelKitRemoveInstances,
    CelKitMergeInstances,
    CelKitJoinInstances,
    CelKitArrangeInstances,
    CelKitEditInstance,
    CelKitLoadTagger,
    CelKitTagInstances,
    CelKitCutOutInstances,
    CelKitPreviewInstances,
    CelKitInstancesToMasks,
    CelKitSaveInstances,
    CelKitLoadInstances,
    CelKitInstancesToSEGS,
    CelKitSegmDetector,
    CelKitInstancesToBoundingBox,
]
if core_has_layers():
    NODES.append(CelKitInstancesToLayers)
