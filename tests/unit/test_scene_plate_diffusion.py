"""The plate painted by pipelines of diffusers; tiny ones with random weights."""

import json

import numpy as np
import pytest
import torch

from cartoon_models.errors import CelKitError
from cartoon_models.scene.plate.diffusion import fill_with_diffusion, paint_plate
from cartoon_models.scene.plate.steps import prepare_plate
from tests.unit.audio import importable_torchaudio

SIZE = (48, 64)
HOLE = np.zeros(SIZE, bool)
HOLE[18:34, 22:44] = True


def picture():
    noise = np.random.default_rng(0).random((*SIZE, 3)).astype(np.float32)
    noise[::4] = 0.2
    return noise


@pytest.fixture(scope="module")
def torchaudio():
    with importable_torchaudio():
        yield


@pytest.fixture(scope="module")
def parts(torchaudio, tmp_path_factory):
    """Everything of a Stable Diffusion pipeline but the U-Net, with random weights."""
    from diffusers import AutoencoderKL, PNDMScheduler
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    folder = tmp_path_factory.mktemp("tokenizer")
    letters = [chr(code) for code in range(33, 127)]
    words = letters + [letter + "</w>" for letter in letters]
    words += ["<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: at for at, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    torch.manual_seed(0)
    tokenizer = CLIPTokenizer(
        str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=32
    )
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(words),
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            max_position_embeddings=32,
            bos_token_id=len(words) - 2,
            eos_token_id=len(words) - 1,
        )
    )
    vae = AutoencoderKL(
        block_out_channels=(8, 8),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        latent_channels=4,
        norm_num_groups=4,
        sample_size=32,
    )
    scheduler = PNDMScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True
    )
    return {
        "vae": vae,
        "text_encoder": text,
        "tokenizer": tokenizer,
        "scheduler": scheduler,
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }


def unet(channels):
    from diffusers import UNet2DConditionModel

    torch.manual_seed(1)
    return UNet2DConditionModel(
        sample_size=16,
        in_channels=channels,
        out_channels=4,
        block_out_channels=(8, 16),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16,
        attention_head_dim=2,
        norm_num_groups=4,
    )


@pytest.fixture(params=["inpaint", "inpaint 9", "image to image"])
def pipeline(request, parts):
    from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline

    is_inpaint = request.param.startswith("inpaint")
    kind = StableDiffusionInpaintPipeline if is_inpaint else StableDiffusionImg2ImgPipeline
    made = kind(unet=unet(9 if request.param == "inpaint 9" else 4), **parts)
    made.set_progress_bar_config(disable=True)
    return made


def test_the_hole_is_painted_and_nothing_else(pipeline):
    told, seen = [], []
    own = pipeline.scheduler
    prepared = prepare_plate(picture(), HOLE, context=6, method="diffuse", tags="meadow, 1girl")

    def progress(done, total):
        told.append((done, total))
        seen.append((type(pipeline.scheduler).__name__, dict(pipeline.scheduler.config)))

    painted = paint_plate(prepared, pipeline, steps=4, progress=progress)
    assert painted.shape == prepared.picture.shape and painted.dtype == torch.float32
    assert told == [(1, 3), (2, 3), (3, 3)]
    name, config = seen[0]
    assert name == "DPMSolverMultistepScheduler" and config["use_karras_sigmas"]
    assert config["algorithm_type"] == "dpmsolver++" and config["solver_order"] == 2
    assert config["beta_schedule"] == "scaled_linear"
    assert pipeline.scheduler is own

    plates = [
        fill_with_diffusion(picture(), HOLE, pipeline, steps=2, seed=seed) for seed in (0, 0, 1)
    ]
    first, again, other = (plate.picture.numpy() for plate in plates)
    assert np.array_equal(first[~HOLE], picture()[~HOLE])
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert plates[0].coverage == 1.0


def test_a_pipeline_that_stops_gets_its_scheduler_back(pipeline):
    own = pipeline.scheduler

    def stop(done, total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        fill_with_diffusion(picture(), HOLE, pipeline, steps=2, progress=stop)
    assert pipeline.scheduler is own


def test_the_papers_settings_are_the_defaults():
    given = {}

    class Pipeline:
        def __init__(self):
            from diffusers import DDIMScheduler

            self.scheduler = DDIMScheduler()

        def __call__(
            self, prompt, negative_prompt, image, mask_image, strength, num_inference_steps, **more
        ):
            given.update(locals())
            return type("Output", (), {"images": image})

    plate = fill_with_diffusion(picture(), HOLE, Pipeline(), tags=["forest"])
    assert given["strength"] == 0.75 and given["num_inference_steps"] == 32
    assert given["prompt"].startswith("forest") and "1girl" in given["negative_prompt"]
    assert given["mask_image"].shape == (1, 1, *given["image"].shape[2:])
    assert plate.coverage == 1.0


def test_bad_input_gets_a_sentence():
    prepared = prepare_plate(picture(), HOLE, method="diffuse")

    def text_to_image(prompt):
        return prompt

    for wrong in ({"strength": 0}, {"strength": 1.5}, {"steps": 1, "strength": 0.5}):
        with pytest.raises(ValueError, match="strength"):
            paint_plate(prepared, text_to_image, **wrong)
    with pytest.raises(CelKitError, match="image to image"):
        paint_plate(prepared, text_to_image)
