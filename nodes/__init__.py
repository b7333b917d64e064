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
from .scene_build import CelKitBuildLayeredScene, CelKitSceneDepth, CelKitSceneFromLayers
from .scene_camera import CelKitCameraKeyframes, CelKitCameraPreset
from .scene_files import CelKitLoadScene, CelKitSaveScene
from .scene_plate import CelKitBackgroundPlate, CelKitFinishPlate, CelKitPreparePlate
from .scene_render import (
    CelKitPreviewScene,
    CelKitRenderScene,
    CelKitRenderSceneMaps,
    CelKitRenderSceneToVideo,
)
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
    CelKitBuildLayeredScene,
    CelKitSceneDepth,
    CelKitSceneFromLayers,
    CelKitBackgroundPlate,
    CelKitPreparePlate,
    CelKitFinishPlate,
    CelKitCameraPreset,
    CelKitCameraKeyframes,
    CelKitRenderScene,
    CelKitRenderSceneMaps,
    CelKitRenderSceneToVideo,
    CelKitPreviewScene,
    CelKitSaveScene,
    CelKitLoadScene,
]
if core_has_layers():
    NODES.append(CelKitInstancesToLayers)
