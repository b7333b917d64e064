"""The plate painted by latent diffusion, by a pipeline of diffusers that the caller has loaded."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...errors import CelKitError
from ...progress import Progress
from .filling import Margin, Plate
from .steps import PreparedPlate, finish_plate, prepare_plate

STRENGTH, STEPS = 0.75, 32  # the paper's
GUIDANCE = 7.0  # the published code's; the paper does not say


def fill_with_diffusion(
    picture: Tensor | np.ndarray,
    hole: Tensor | np.ndarray,
    pipeline: Any,
    *,
    tags: Sequence[str] | str = (),
    margin: int | Margin = 0,
    reveal: Tensor | np.ndarray | None = None,
    multiple: int = 8,
    strength: float = STRENGTH,
    steps: int = STEPS,
    guidance: float = GUIDANCE,
    seed: int = 0,
    progress: Progress | None = None,
) -> Plate:
    """Fill the background as "Instance-guided Cartoon Editing" (section 6.1) does.

    PatchMatch fills the hole first, tags of the background and the paper's list of what is not to
    be there become the prompts, noise of a strength of 0.75 is added and taken away again in 32
    steps of DPM++ 2M with Karras' sigmas. Other than there, the result is fitted to the picture
    and only pixels of the hole are kept.

    Args:
        picture, hole, margin, reveal, multiple, tags: see `steps.prepare_plate`.
        pipeline: of diffusers, inpainting or image to image.
        strength, steps, guidance, seed: of the diffusion; see :func:`paint_plate`.
        progress: called with (done, total).

    Raises:
        ValueError: as `prepare_plate` and :func:`paint_plate`.
        CelKitError: a pipeline that does not take pictures.
    """
    prepared = prepare_plate(
        picture,
        hole,
        tags=tags,
        multiple=multiple,
        margin=margin,
        reveal=reveal,
        method="patchmatch",
        seed=seed,
    )
    painted = paint_plate(
        prepared,
        pipeline,
        strength=strength,
        steps=steps,
        guidance=guidance,
        seed=seed,
        progress=progress,
    )
    return finish_plate(prepared, painted)


def paint_plate(
    prepared: PreparedPlate,
    pipeline: Any,
    *,
    strength: float = STRENGTH,
    steps: int = STEPS,
    guidance: float = GUIDANCE,
    seed: int = 0,
    progress: Progress | None = None,
) -> Tensor:
    """What the pipeline makes of a prepared plate: float32 ``[h, w, 3]``, for `finish_plate`.

    The pipeline's own scheduler is put back afterwards.

    Args:
        prepared: with its prompts; `dataclasses.replace` changes them.
        pipeline: of diffusers, inpainting or image to image, on the device where it is to work.
        strength: how much of the noise is added, above 0, to 1.
        steps: of the whole schedule; ``strength`` of them are run.
        guidance: classifier-free, how much the prompts count.
        seed: of the noise.
        progress: called with (done, total) after each step; what it raises stops the work.

    Raises:
        ValueError: a strength out of range, or so few steps that none is run.
        CelKitError: a pipeline that does not take pictures.
    """
    from diffusers import DPMSolverMultistepScheduler

    if not 0 < strength <= 1:
        raise ValueError(f"The strength is above 0 and at most 1, not {strength}.")
    if int(steps * strength) < 1:
        raise ValueError(f"{steps} steps at a strength of {strength} are none; use more.")
    known = inspect.signature(pipeline.__call__).parameters
    if not {"image", "prompt", "strength"} <= set(known):
        raise CelKitError(
            f"{type(pipeline).__name__} is no pipeline from image to image or for inpainting: it "
            "takes no image and strength."
        )
    total = int(steps * strength)
    done = 0

    def told(_pipe: Any, _step: int, _time: Any, given: dict) -> dict:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(done, total), total)
        return given

    image = prepared.picture.permute(2, 0, 1)[None].cpu()
    arguments = {
        "prompt": prepared.prompt,
        "negative_prompt": prepared.negative,
        "image": image,
        "strength": strength,
        "num_inference_steps": steps,
        "guidance_scale": guidance,
        "generator": torch.Generator("cpu").manual_seed(seed),
        "output_type": "pt",
        "callback_on_step_end": told,
    }
    if "mask_image" in known:
        arguments["mask_image"] = prepared.mask[None, None].cpu()
        arguments["height"], arguments["width"] = prepared.mask.shape
    arguments = {name: value for name, value in arguments.items() if name in known}
    scheduler = pipeline.scheduler
    pipeline.scheduler = DPMSolverMultistepScheduler.from_config(
        scheduler.config, algorithm_type="dpmsolver++", solver_order=2, use_karras_sigmas=True
    )
    try:
        made = pipeline(**arguments).images
    finally:
        pipeline.scheduler = scheduler
    made = made[0].float().permute(1, 2, 0).clamp(0, 1)
    if not bool(made.isfinite().all()):
        raise CelKitError(
            "The pipeline gave NaN; its decoder overflows in float16, use float32 or bfloat16."
        )
    return made.to(prepared.picture.device)
