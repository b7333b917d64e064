"""The wire types of CelKit, and those of others that CelKit's nodes take or give by name.

A wire type is a name: two sockets fit if their names are equal. So BOUNDING_BOX, LAYERS and
SEGM_DETECTOR link to ComfyUI's own nodes and to detailer packs wherever those exist, and are
plain private wires where they do not.
"""

from comfy_api.latest import io

CelKitSegmenter = io.Custom("CELKIT_SEGMENTER")
"""A :class:`~.models.ManagedSegmenter`."""

CelKitTagger = io.Custom("CELKIT_TAGGER")
"""A :class:`~.models.ManagedTagger`."""

CelKitInstances = io.Custom("CELKIT_INSTANCES")
"""``list[Instances]``, one per picture of the batch it came from; see cartoon_models.instances."""

CelKitScene = io.Custom("CELKIT_SCENE")
"""``list[LayeredScene]``, one per picture of the batch it came from; see cartoon_models.scene."""

CelKitCamera = io.Custom("CELKIT_CAMERA")
"""``list[Camera]``, one per scene, or one for all of them."""

CelKitDepth = io.Custom("CELKIT_DEPTH")
"""``list[Depth]``, one per picture, or one for all of them."""

CelKitPlateWork = io.Custom("CELKIT_PLATE_WORK")
"""A :class:`~.scene_plate.PlateWork`: what Finish Plate needs to know of Prepare Plate."""

CameraInfo = io.Custom("LOAD3D_CAMERA")
"""ComfyUI's own camera: ``{position, target, zoom, ...}``, y up; perhaps a list of them."""

PlainTensor = io.Custom("TENSOR")
"""A tensor; of camera packs ``[N, 4, 4]``, from the world to the camera, x right, y down, z on."""

InpaintModel = io.Custom("INPAINT_MODEL")
"""An object that fills holes: called with an image ``[B, 3, H, W]`` and a mask ``[B, 1, H, W]``."""

BoundingBox = io.Custom("BOUNDING_BOX")
"""A list of ``{x, y, width, height, label, score, metadata}``; of a batch, a list of such lists."""

PlainBoxes = io.Custom("BBOX")
"""A list of ``[x1, y1, x2, y2]``, as some packs have it."""

Segs = io.Custom("SEGS")
"""``((H, W), [SEG, ...])``; see convert.segs_of."""

Layers = io.Custom("LAYERS")
"""``{version, canvas, layers: [{image, mask, x, y, z_index, name}]}``; mask 1 = transparent."""

SegmDetector = io.Custom("SEGM_DETECTOR")
"""An object with ``detect``, ``detect_combined`` and ``setAux``; see interop.py."""


def core_has_layers() -> bool:
    """Whether this ComfyUI has LAYERS and the compositor that takes them (0.31 and newer)."""
    return hasattr(io, "Layers")
