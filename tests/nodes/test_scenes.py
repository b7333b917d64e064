"""Layered scenes: built, filled, flown through, shown, saved."""

import json

import av
import numpy as np
import pytest
import torch
from PIL import Image


@pytest.fixture
def scene(call, found, picture):
    """The scene of the three blocks, with its background filled."""
    return call("CelKitBuildLayeredScene", instances=found, image=picture)[0]


@pytest.fixture
def camera(call, scene):
    """Four frames of a push-in."""
    return call("CelKitCameraPreset", scene=scene, frames=4, amount=5.0)[0]


def frames_of(file):
    with av.open(str(file)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_a_picture_becomes_layers(call, scene, found, picture):
    (made,) = scene
    assert made.size == (41, 63) and len(made.layers) == 3
    assert sorted(layer.instance for layer in made.layers) == [0, 1, 2]
    assert made.margin == (6, 6, 6, 6)
    _, text = call("CelKitBuildLayeredScene", instances=found, image=picture)
    assert len(text.splitlines()) == 4 and text.startswith("plate: ")


def test_a_batch_becomes_scenes(call, found_batch, batch):
    scenes, text = call("CelKitBuildLayeredScene", instances=found_batch, image=batch)
    assert [len(item.layers) for item in scenes] == [3, 1, 1]  # a picture alone is one layer
    assert text.count("plate: ") == 3
    cameras, _ = call("CelKitCameraPreset", scene=scenes, frames=2)
    frames, fps = call("CelKitRenderScene", scene=scenes, camera=cameras)
    assert tuple(frames.shape) == (6, 41, 63, 3) and fps == 25.0
    one, _ = call("CelKitRenderScene", scene=scenes, camera=cameras[:1])
    assert tuple(one.shape) == (6, 41, 63, 3)
    with pytest.raises(ValueError, match="3 scenes, but 2 cameras"):
        call("CelKitRenderScene", scene=scenes, camera=cameras[:2])


def test_the_still_camera_shows_the_picture(call, scene, picture):
    still, text = call("CelKitCameraPreset", scene=scene, preset="still", frames=1)
    frames, _ = call("CelKitRenderScene", scene=scene, camera=still)
    error = (frames - picture).square().mean()
    assert -10 * torch.log10(error.clamp(min=1e-12)) > 60
    assert text == "still, 1 frames"


@pytest.mark.parametrize("layout", ["IMAGE", "MASK", "depth"])
def test_depth_may_come_from_anywhere(call, found, picture, layout):
    ramp = torch.linspace(0, 1, 20)[:, None].expand(20, 30)
    depth = ramp[None] if layout == "MASK" else ramp[None, ..., None].expand(1, 20, 30, 3)
    if layout == "depth":
        depth, preview, text = call("CelKitSceneDepth", instances=found, depth_picture=depth)
        assert tuple(preview.shape) == (1, 41, 63, 3) and "near is" in text
    scenes, _ = call("CelKitBuildLayeredScene", instances=found, image=picture, depth=depth)
    assert len(scenes[0].layers) >= 3


def test_depth_is_guessed_where_there_is_none(call, found):
    depth, preview, text = call("CelKitSceneDepth", instances=found)
    assert depth[0].source in text and preview.max() <= 1
    with pytest.raises(ValueError, match="connect image"):
        call("CelKitSceneDepth", instances=found, model="any")
    with pytest.raises(FileNotFoundError, match="Depth Anything V2 Small"):
        call("CelKitSceneDepth", instances=found, model="any", image=torch.rand(1, 41, 63, 3))


def test_what_is_left_for_later_is_filled_for_the_camera(call, found, picture):
    later = "later, by Background Plate"
    scene, _ = call("CelKitBuildLayeredScene", instances=found, image=picture, fill=later)
    alpha = scene[0].plate.rgba[..., 3]
    assert alpha[0].max() == 0 and alpha.min() == 0
    camera, _ = call("CelKitCameraPreset", scene=scene, frames=3, preset="truck", amount=6.0)
    filled, plate, hole, text = call("CelKitBackgroundPlate", scene=scene, camera=camera)
    assert 0 < hole.mean() < (alpha < 0.5).float().mean()
    assert "100.0 %" in text
    known = alpha > 0.5
    assert torch.equal(filled[0].plate.rgba[known], scene[0].plate.rgba[known])
    assert tuple(plate.shape) == (1, 53, 75, 3)
    all_of_it, _, hole, text = call("CelKitBackgroundPlate", scene=scene)
    assert all_of_it[0].plate.rgba[..., 3].min() == 1 and "Everything" in text
    assert torch.equal(hole[0] > 0, ~known)


@pytest.mark.parametrize("size", [(41, 63), (53, 75)])
def test_a_plate_from_elsewhere_is_taken_where_something_is_missing(call, found, picture, size):
    later = "later, by Background Plate"
    scene, _ = call("CelKitBuildLayeredScene", instances=found, image=picture, fill=later)
    red = torch.zeros(1, *size, 3)
    red[..., 0] = 1
    filled, plate, hole, _ = call("CelKitBackgroundPlate", scene=scene, plate=red)
    inside = plate[0, 6:47, 6:69]
    filled_inside = hole[0, 6:47, 6:69] > 0
    assert filled_inside.any()
    assert torch.allclose(inside[filled_inside], torch.tensor([1.0, 0, 0]))
    assert filled[0].plate.rgba[..., 3].min() == 1
    with pytest.raises(ValueError, match=r"20 x 10"):
        call("CelKitBackgroundPlate", scene=scene, plate=torch.zeros(1, 10, 20, 3))


def test_the_plate_says_where_there_is_nothing_to_fill_it_from(call, part, picture):
    instances = part("cartoon_models.instances")
    whole = instances.Instances.from_masks(torch.ones(1, 41, 63))
    later = "later, by Background Plate"
    scene, _ = call("CelKitBuildLayeredScene", instances=[whole], image=picture, fill=later)
    *_, text = call("CelKitBackgroundPlate", scene=scene)
    assert text.startswith("There is no background to fill the rest from")
    *_, text = call("CelKitBackgroundPlate", scene=scene, plate=torch.zeros(1, 53, 75, 3))
    assert text == "Everything unknown was filled."


def test_a_model_of_another_pack_fills(call, found, picture):
    class Red:
        """Paints everything red, and a wrong tint around it."""

        moved = 0

        def to(self, device):
            self.moved += 1

        def __call__(self, image, mask):
            assert image.shape[1] == 3 and mask.shape[1] == 1 and image.shape[2:] == mask.shape[2:]
            red = torch.zeros_like(image)
            red[:, 0] = 1
            return red * mask + image * (1 - mask)

    later, model = "later, by Background Plate", Red()
    scene, _ = call("CelKitBuildLayeredScene", instances=found, image=picture, fill=later)
    filled, _, hole, _ = call("CelKitBackgroundPlate", scene=scene, inpaint_model=model)
    colors = filled[0].plate.rgba[hole[0] > 0]
    assert model.moved == 2 and colors[:, 3].min() == 1
    assert colors[:, 0].mean() > colors[:, 1].mean() + 0.2


@pytest.mark.parametrize("multiple", ["8", "64"])
def test_a_sampler_paints_the_plate(call, found, picture, multiple):
    later = "later, by Background Plate"
    scene, _ = call("CelKitBuildLayeredScene", instances=found, image=picture, fill=later)
    (image,), (mask,), (work,), (prompt,), (negative,) = call(
        "CelKitPreparePlate", scene=scene, tags="park, 1girl, trees", multiple=multiple
    )
    assert image.shape[1] % int(multiple) == image.shape[2] % int(multiple) == 0
    assert image.shape[:3] == mask.shape and mask.max() == 1
    assert prompt.startswith("park, trees, ") and "girl" not in prompt and "girl" in negative
    painted = torch.where(mask[..., None] > 0, torch.tensor([0.2, 0.8, 0.2]), image)
    done, plate = call("CelKitFinishPlate", work=work, image=painted, fit=False)
    known = scene[0].plate.rgba[..., 3] > 0.5
    assert torch.equal(done[0].plate.rgba[known], scene[0].plate.rgba[known])
    assert torch.allclose(plate[0][~known], torch.tensor([0.2, 0.8, 0.2]))
    (again,) = call("CelKitFinishPlate", work=work, image=image)[0]
    assert again.plate.rgba[..., 3].min() == 1
    with pytest.raises(ValueError, match="2 came"):
        call("CelKitFinishPlate", work=work, image=painted.repeat(2, 1, 1, 1))


def test_a_batch_that_a_sampler_painted_is_one_batch_again(call, nodes, found_batch, batch):
    """Scenes that came back one by one would each be drawn with the cameras of all the others."""
    later = "later, by Background Plate"
    scene, _ = call("CelKitBuildLayeredScene", instances=found_batch, image=batch, fill=later)
    camera, _ = call("CelKitCameraPreset", scene=scene, preset="truck", frames=2)
    images, _, works, _, _ = call("CelKitPreparePlate", scene=scene, camera=camera)
    assert nodes["CelKitFinishPlate"].INPUT_IS_LIST and len(works) == 3
    done, plates = call("CelKitFinishPlate", work=works, image=images, fit=[True])
    assert [len(item.layers) for item in done] == [len(item.layers) for item in scene]
    assert len(plates) == 3
    frames, _ = call("CelKitRenderScene", scene=done, camera=camera)
    assert len(frames) == 3 * 2
    with pytest.raises(ValueError, match="3 plates are wanted, but 2 came"):
        call("CelKitFinishPlate", work=works, image=images[:2], fit=[True])


def test_only_what_the_camera_shows_is_painted(call, found, picture):
    later = "later, by Background Plate"
    scene, _ = call("CelKitBuildLayeredScene", instances=found, image=picture, fill=later)
    camera, _ = call("CelKitCameraPreset", scene=scene, preset="truck", frames=3, amount=4.0)
    (all_of_it,) = call("CelKitPreparePlate", scene=scene)[2]
    (shown,) = call("CelKitPreparePlate", scene=scene, camera=camera)[2]
    assert 0 < shown.hole.sum() < all_of_it.hole.sum()
    assert not (shown.hole & ~all_of_it.hole).any()


def test_maps_of_each_frame(call, scene, camera):
    frames, alpha, depth, numbers, fps = call("CelKitRenderSceneMaps", scene=scene, camera=camera)
    assert tuple(frames.shape) == tuple(depth.shape) == (4, 41, 63, 3)
    assert tuple(alpha.shape) == tuple(numbers.shape) == (4, 41, 63) and fps == 25.0
    assert alpha.min() > 0.999 and depth.max() <= 1.5
    found = (numbers[0] * 255).round().int().unique().tolist()
    assert found == [0, 1, 2, 3]


def test_frames_of_another_size(call, scene, camera):
    for width, height, expected in ((32, 0, (21, 32)), (0, 82, (82, 126)), (50, 50, (50, 50))):
        frames, _ = call(
            "CelKitRenderScene", scene=scene, camera=camera, width=width, height=height
        )
        assert tuple(frames.shape) == (4, *expected, 3)


@pytest.mark.parametrize("node", ["CelKitRenderScene", "CelKitRenderSceneMaps"])
def test_tall_frames_are_filled_or_show_the_full_width(call, scene, picture, node):
    camera, _ = call("CelKitCameraPreset", scene=scene, preset="still", frames=1)
    tall = {
        "scene": scene,
        "camera": camera,
        "width": 20,
        "height": 82,
        "interpolation": "bilinear",
    }
    frames, *_ = call(node, **tall)
    # Twice as large as the picture, of which ten columns are left in the middle.
    middle = picture[:, :, 31 - 5 : 31 + 6].movedim(3, 1)
    larger = torch.nn.functional.interpolate(middle, scale_factor=2, mode="bilinear").movedim(1, 3)
    assert torch.allclose(frames, larger[:, :, 1:21], atol=0.02)
    wide, *_ = call(node, framing="full width", **tall)
    assert wide[0, 0].max() == 0  # nothing was made up so far above the picture
    with pytest.raises(ValueError, match="framing is one of"):
        call(node, **tall, framing="all")


def test_frames_for_two_eyes(call, scene, camera):
    wide, _ = call("CelKitRenderScene", scene=scene, camera=camera, stereo="side by side")
    tall, _ = call("CelKitRenderScene", scene=scene, camera=camera, stereo="top and bottom")
    assert tuple(wide.shape) == (4, 41, 126, 3) and tuple(tall.shape) == (4, 82, 63, 3)
    assert torch.equal(wide[:, :, :63], tall[:, :41])
    assert not torch.equal(wide[:, :, :63], wide[:, :, 63:])


@pytest.mark.parametrize(
    ("codec", "suffix"), [("h264", "mp4"), ("vp9", "webm"), ("prores", "mov"), ("ffv1", "mkv")]
)
def test_the_video_is_in_the_output_folder_and_on_the_node(
    nodes, call, scene, camera, comfyui, codec, suffix
):
    cls = nodes["CelKitRenderSceneToVideo"].PREPARE_CLASS_CLONE({})
    inputs = cls.GET_SCHEMA().inputs
    defaults = {item.id: item.default for item in inputs if hasattr(item, "default")}
    given = {"scene": scene, "camera": camera, "codec": codec, "filename_prefix": f"clips/{codec}"}
    output = cls.EXECUTE_NORMALIZED(**defaults | given)
    (video,), paths = output.args
    assert paths == f"clips/{codec}_00001_.{suffix}"
    assert video.get_dimensions() == ((64, 42) if codec == "h264" else (63, 41))
    assert len(frames_of(comfyui / "output" / paths)) == 4
    shown = output.ui.as_dict()
    if suffix in ("mp4", "webm"):
        (entry,) = shown["images"]
        assert entry["filename"] == f"{codec}_00001_.{suffix}" and shown["animated"] == (True,)
        assert (entry["subfolder"], entry["type"]) == ("clips", "output")
    else:
        assert shown["text"] == (paths,)
    again = cls.EXECUTE_NORMALIZED(**defaults | given).args[1]
    assert again == f"clips/{codec}_00002_.{suffix}"  # nothing is overwritten


def test_the_workflow_is_in_the_video(nodes, scene, camera, comfyui, part):
    hidden = {"prompt": {"1": {}}, "extra_pnginfo": {"workflow": {"nodes": []}}}
    metadata = part("nodes.scene_render")._workflow(type("Hidden", (), hidden))
    assert metadata == {"prompt": {"1": {}}, "workflow": {"nodes": []}}
    empty = type("Hidden", (), {"prompt": None, "extra_pnginfo": None})
    assert part("nodes.scene_render")._workflow(empty) == {}
    hidden = {item.value for item in nodes["CelKitRenderSceneToVideo"].GET_SCHEMA().hidden}
    assert {"PROMPT", "EXTRA_PNGINFO"} <= hidden


def test_there_and_back_with_transparency(call, part, comfyui):
    image = torch.rand(2, 20, 30, 4)
    image[0, ..., 3] = 0
    image[0, 5:15, :, 3] = 1
    scene, _ = call("CelKitSceneFromLayers", layers=image)
    camera, _ = call("CelKitCameraPreset", scene=scene, frames=3)
    _, paths = call(
        "CelKitRenderSceneToVideo",
        scene=scene,
        camera=camera,
        codec="ffv1",
        transparency=True,
        ping_pong=True,
        repeats=2,
    )
    assert len(frames_of(comfyui / "output" / paths)) == 8
    with pytest.raises(ValueError, match="h264 has no transparency"):
        call("CelKitRenderSceneToVideo", scene=scene, camera=camera, transparency=True)
    with pytest.raises(ValueError, match="Stereo has no transparency"):
        call(
            "CelKitRenderSceneToVideo",
            scene=scene,
            camera=camera,
            codec="vp9",
            transparency=True,
            stereo="side by side",
        )


def test_cancel_leaves_no_video(call, scene, camera, comfyui, monkeypatch):
    from comfy import model_management

    model_management.interrupt_current_processing(True)
    try:
        with pytest.raises(model_management.InterruptProcessingException):
            call(
                "CelKitRenderSceneToVideo",
                scene=scene,
                camera=camera,
                filename_prefix="cancelled/clip",
            )
    finally:
        model_management.interrupt_current_processing(False)
    assert list((comfyui / "output" / "cancelled").iterdir()) == []


def test_layers_from_other_nodes(call):
    image = torch.rand(3, 20, 30, 4)
    _, text = call(
        "CelKitSceneFromLayers", layers=image, disparities="0.1, 0.4,0.9", names="sky, hill, hero"
    )
    assert text.splitlines() == ["plate: 0.100", "hill: 0.400", "hero: 0.900"]
    with pytest.raises(ValueError, match="numbers with commas"):
        call("CelKitSceneFromLayers", layers=image, disparities="near, far")
    layers = {
        "version": 1,
        "canvas": (30, 20),
        "layers": [
            {"image": torch.ones(1, 6, 4, 3), "z_index": 2, "x": 5, "y": 7, "name": "block"},
            {"image": torch.rand(1, 20, 30, 3), "z_index": 0},
            {"image": torch.rand(1, 20, 30, 3), "z_index": 1, "visible": False},
            {
                "image": torch.ones(1, 4, 4, 3),
                "z_index": 3,
                "mask": torch.tensor([1.0, 0, 0, 0])[None, None].expand(1, 4, 4),
                "w": 8,
                "h": 2,
                "opacity": 0.5,
                "flip_h": True,
            },
        ],
    }
    (made,), text = call("CelKitSceneFromLayers", layers=layers)
    assert made.size == (20, 30) and len(made.layers) == 2
    block, veil = made.layers
    assert block.offset == (5, 7) and tuple(block.rgba.shape) == (6, 4, 4)
    assert veil.rgba[..., 3].max() == 0.5 and veil.offset == (0, 0)
    with pytest.raises(ValueError, match="None of the LAYERS is visible"):
        call("CelKitSceneFromLayers", layers={"layers": []})
    with pytest.raises(ValueError, match="a batch of RGBA images"):
        call("CelKitSceneFromLayers", layers="a.png")


def test_keyframes(call, scene):
    keys = '[{"time": 0}, {"time": 0.1, "x": 0.1}]'
    (camera,) = call("CelKitCameraKeyframes", scene=scene, keyframes=keys, frames=4)
    assert len(camera[0]) == 4 and camera[0].positions[-1, 0] > 0
    (default,) = call("CelKitCameraKeyframes", scene=scene, easing="spline", loop=True)
    assert len(default[0]) == 75
    with pytest.raises(ValueError, match="not JSON"):
        call("CelKitCameraKeyframes", scene=scene, keyframes="x = 3")


def test_cameras_of_other_nodes(call, nodes, scene):
    socket = next(
        item for item in nodes["CelKitCameraKeyframes"].GET_SCHEMA().inputs if item.id == "poses"
    )
    assert set(socket.get_io_type().split(",")) == {"LOAD3D_CAMERA", "TENSOR"}
    target = dict.fromkeys("xyz", 0.0)
    info = {"position": target | {"x": 0.5, "z": 5.0}, "target": target, "zoom": 1}
    (camera,) = call("CelKitCameraKeyframes", scene=scene, frames=3, poses=info)
    assert camera[0].name == "poses" and camera[0].positions[0].abs().max() < 1e-9
    assert camera[0].positions[2, 0] > 0
    poses = torch.eye(4).repeat(5, 1, 1)
    poses[:, 0, 3] = torch.linspace(0, -0.1, 5)
    (camera,) = call("CelKitCameraKeyframes", scene=scene, frames=5, poses=poses)
    assert camera[0].positions[4, 0] > camera[0].positions[1, 0] > 0
    frames, _ = call("CelKitRenderScene", scene=scene, camera=camera)
    assert len(frames) == 5
    with pytest.raises(ValueError, match="4 x 4"):
        call("CelKitCameraKeyframes", scene=scene, poses=torch.zeros(3))


@pytest.mark.parametrize(
    ("text", "focus"),
    [("", None), ("2", 2), ("plate", "plate"), (" 0 , plate ", (0, "plate"))],
)
def test_a_focus_is_a_number_or_a_name(part, text, focus):
    assert part("nodes.scene_camera").focus_of(text) == focus


def test_a_focus_needs_two_at_most(call, scene):
    camera, _ = call("CelKitCameraPreset", scene=scene, focus="0, plate", frames=2)
    assert camera[0].focus is not None
    with pytest.raises(ValueError, match="one layer, or two"):
        call("CelKitCameraPreset", scene=scene, focus="0, 1, 2")
    with pytest.raises(IndexError, match="instance 9"):
        call("CelKitCameraPreset", scene=scene, instance=9)


def test_the_largest_safe_move(call, scene):
    camera, _ = call("CelKitCameraPreset", scene=scene, auto_safe=True, frames=3)
    assert len(camera[0]) == 3


def test_the_node_says_how_far_a_safe_move_goes_and_why_no_farther(call, scene):
    _, text = call("CelKitCameraPreset", scene=scene, preset="truck", amount=2.5, frames=3)
    assert text == "truck, 3 frames, 2.5 % of the frame's width"
    camera, text = call("CelKitCameraPreset", scene=scene, preset="pan", auto_safe=True, frames=3)
    percent = 200 * float(camera[0].shifts[0, 0])
    assert text.startswith(f"pan, 3 frames, {percent:.1f} % of the frame's width; in the way: ")
    assert text.endswith("edge of plate would be seen") or "plate ends at" in text


def test_the_preview_shows_layers_depth_and_what_is_revealed(nodes, scene, camera, comfyui):
    cls = nodes["CelKitPreviewScene"].PREPARE_CLASS_CLONE({})
    output = cls.EXECUTE_NORMALIZED(scene=scene, names=True, camera=camera)
    layers, depth, reveal, text = output.args
    assert layers.shape[0] == 1 and tuple(depth.shape) == (1, 41, 63, 3)
    assert tuple(reveal.shape) == (1, 53, 75, 3) and "100.00 %" in text
    shown = output.ui["images"]
    assert len(shown) == 3
    with Image.open(comfyui / "temp" / shown[1]["filename"]) as image:
        assert image.size == (63, 41)
    output = cls.EXECUTE_NORMALIZED(scene=scene, names=False)
    assert output.args[3] == "no camera"


def test_saved_scenes_come_back(call, scene, comfyui):
    (paths,) = call("CelKitSaveScene", scene=scene)
    assert (comfyui / "output" / paths / "scene.json").is_file()
    loaded, text = call("CelKitLoadScene", paths=paths)
    assert np.allclose(loaded[0].plate.rgba, scene[0].plate.rgba, atol=1e-4)
    assert [layer.name for layer in loaded[0].layers] == [la.name for la in scene[0].layers]
    assert text.startswith("plate: ")
    (again,) = call("CelKitSaveScene", scene=scene)
    assert again != paths  # nothing is overwritten
    with pytest.raises(ValueError, match="No path"):
        call("CelKitLoadScene", paths=" ")


def test_a_scene_that_was_painted_on_is_loaded_anew(call, nodes, scene, comfyui):
    (path,) = call("CelKitSaveScene", scene=scene, filename_prefix="painted/scene")
    fingerprint = nodes["CelKitLoadScene"].fingerprint_inputs
    before = fingerprint(paths=path)
    file = comfyui / "output" / path / "scene.json"
    file.write_text(json.dumps(json.loads(file.read_text())))
    assert fingerprint(paths=path) != before
