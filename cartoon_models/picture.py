"""Pictures: from a file to an array and back, and from whatever a caller has to a tensor."""

import os
import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError
from torch import Tensor

from .atomic import atomic_path

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".avif")

# Floats above this are taken for 0..255 handed over by mistake; between 1 and this they are clamped
# to 1.
_CLEARLY_NOT_UNIT_RANGE = 16.0
_PIXELS_TOGETHER = 2**18


def read_picture(path: str | os.PathLike) -> np.ndarray:
    """Read a picture file.

    Returns float32 `[H, W, 3]`, or `[H, W, 4]` with straight alpha when the file has transparency;
    0 to 1, sRGB. Grey, palette, CMYK and 1-bit pictures become RGB, 16-bit ones keep their
    precision, an embedded colour profile is converted to sRGB, the EXIF orientation is applied, and
    of an animation the first frame is read.

    Raises FileNotFoundError, or ValueError for a file that is not a readable picture.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{path} is a folder, not a picture.")
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"There is no picture at {path}.") from None
    try:
        with Image.open(BytesIO(content)) as image:
            if image.format == "EPS":  # a program, whatever its name says; Pillow would run it
                raise ValueError(f"{path} is a PostScript file, not a picture; export it as PNG.")
            if _is_deep_colour(content, image):
                return _read_deep(content, image)
            image.load()
            return _to_array(image)
    except UnidentifiedImageError:
        raise ValueError(f"{path} is not a picture in a format that can be read.") from None
    except Image.DecompressionBombError as error:
        raise ValueError(f"{path} is too large a picture to be read safely: {error}") from None
    except (OSError, SyntaxError, struct.error, EOFError, TypeError) as error:
        raise ValueError(f"{path} is a damaged or unreadable picture: {error}") from error


def write_picture(
    path: str | os.PathLike,
    picture: np.ndarray | Tensor,
    *,
    bits: int = 8,
    overwrite: bool = False,
) -> Path:
    """Write a PNG under a temporary name, then rename it.

    `picture` is `[H, W]`, `[H, W, 1]`, `[H, W, 3]` or `[H, W, 4]` (straight alpha): float 0..1
    (clamped), uint8 or uint16. Floats are written with `bits` (8 or 16) bits a channel; integers
    keep their own depth.

    Raises ValueError for another shape, another suffix than .png, or NaN; FileExistsError when the
    file is there and `overwrite` is false.
    """
    path = Path(path)
    if path.suffix.lower() != ".png":
        raise ValueError(f"Pictures are written as PNG, so the name must end in .png: {path}")
    if bits not in (8, 16):
        raise ValueError(f"A PNG has 8 or 16 bits a channel, not {bits}.")
    encoded = _encode_png(_to_integers(_numpy(picture), bits))
    with atomic_path(path, overwrite=overwrite) as temporary:
        temporary.write_bytes(encoded)
    return path


def as_tensor(picture: np.ndarray | Tensor | Image.Image, channels: int = 3) -> Tensor:
    """Turn a picture in any of the usual forms into float32 `[H, W, channels]`, 0 to 1, on its own
    device.

    Takes numpy or torch `[H, W]`, `[H, W, 1]`, `[H, W, 3]` or `[H, W, 4]` in bool, uint8, uint16 or
    float, or a PIL image. Grey is repeated. With `channels=3` RGBA (straight alpha) is composited
    over white, the paper that drawings are made on; with `channels=4` a missing alpha is 1. Floats
    a little outside 0..1 are clamped.

    Raises ValueError for NaN or infinity, an empty picture, another shape, and floats that look
    like 0..255; TypeError for anything that is not a picture.
    """
    if channels not in (3, 4):
        raise ValueError(f"A picture is wanted with 3 or 4 channels, not {channels}.")
    if isinstance(picture, Image.Image):
        picture = _to_array(picture)
    if isinstance(picture, np.ndarray):
        picture = _tensor_of(picture)
    if not isinstance(picture, Tensor):
        raise TypeError(
            "A picture is a numpy array, a torch tensor or a PIL image, "
            f"not {type(picture).__name__}."
        )
    picture = _unit_range(_with_channel_axis(picture))
    if picture.shape[2] == 1:
        picture = picture.expand(-1, -1, 3)
    if picture.shape[2] == 4 and channels == 3:
        alpha = picture[..., 3:]
        return picture[..., :3] * alpha + (1 - alpha)
    if picture.shape[2] == 3 and channels == 4:
        return torch.cat([picture, torch.ones_like(picture[..., :1])], dim=2)
    return picture.contiguous()


def _with_channel_axis(picture: Tensor) -> Tensor:
    shape = tuple(picture.shape)
    if picture.ndim == 2:
        picture = picture.unsqueeze(2)
    elif picture.ndim != 3 or shape[2] not in (1, 3, 4):
        hint = (
            " It looks channels-first; use permute(1, 2, 0)."
            if picture.ndim == 3 and shape[0] in (1, 3, 4)
            else ""
        )
        raise ValueError(
            "A picture has the shape [H, W], [H, W, 1], [H, W, 3] or [H, W, 4], "
            f"not {list(shape)}.{hint}"
        )
    if picture.numel() == 0:
        raise ValueError(f"The picture is empty: its shape is {list(shape)}.")
    return picture


def _unit_range(picture: Tensor) -> Tensor:
    if picture.dtype == torch.bool:
        return picture.float()
    if picture.dtype == torch.uint8:
        return picture.float() / 255
    if picture.dtype == torch.uint16:
        return picture.to(torch.int32).float() / 65535
    if not picture.is_floating_point():
        raise ValueError(
            f"A picture's values are bool, uint8, uint16 or float, not {picture.dtype}."
        )
    picture = picture.float()
    low, high = picture.aminmax()
    # NaN passes through aminmax, and infinity is its own maximum: one look at two numbers checks
    # all pixels.
    if not bool(torch.isfinite(low) & torch.isfinite(high)):
        raise ValueError(
            "The picture contains NaN or infinite values; check the step that made it."
        )
    if high > _CLEARLY_NOT_UNIT_RANGE:
        raise ValueError(
            f"The picture's values reach {float(high):g}, but 0 to 1 is expected; "
            "divide by 255 first?"
        )
    return picture.clamp(0, 1) if low < 0 or high > 1 else picture


def _tensor_of(array: np.ndarray) -> Tensor:
    if array.dtype.kind not in "buf":
        raise ValueError(f"A picture's values are bool, uint8, uint16 or float, not {array.dtype}.")
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:  # long double is not known to torch
        array = array.astype(np.float64)
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    return torch.from_numpy(np.require(array, requirements=["C", "W"]))


def _numpy(picture: np.ndarray | Tensor) -> np.ndarray:
    if isinstance(picture, Tensor):
        picture = picture.detach().cpu()
        picture = picture.float() if picture.dtype == torch.bfloat16 else picture
        return picture.numpy()
    return np.asarray(picture)


def _to_integers(array: np.ndarray, bits: int) -> np.ndarray:
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.size == 0 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] in (3, 4))):
        raise ValueError(
            "A picture to write has the shape [H, W], [H, W, 3] or [H, W, 4], "
            f"not {list(array.shape)}."
        )
    if array.dtype in (np.uint8, np.uint16):
        return np.ascontiguousarray(array)
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * 255
    if array.dtype.kind != "f":
        raise ValueError(f"A picture's values are bool, uint8, uint16 or float, not {array.dtype}.")
    top, kind, exact = (255, np.uint8, np.float32) if bits == 8 else (65535, np.uint16, np.float64)
    integers = np.empty(array.shape, kind)
    # Some rows at a time: what is needed on the way stays in the processor's cache.
    step = max(_PIXELS_TOGETHER // array.shape[1], 1)
    for start in range(0, len(array), step):
        rows = array[start : start + step]
        if not np.isfinite(rows).all():
            raise ValueError("The picture contains NaN or infinite values and was not written.")
        integers[start : start + step] = np.clip(rows, 0, 1).astype(exact) * top + 0.5
    return integers


def _encode_png(array: np.ndarray) -> bytes:
    if array.dtype == np.uint16 and array.ndim == 3:  # Pillow has no 16-bit colour
        import cv2

        order = [2, 1, 0] if array.shape[2] == 3 else [2, 1, 0, 3]
        return cv2.imencode(".png", array[..., order])[1].tobytes()
    buffer = BytesIO()
    Image.fromarray(array).save(buffer, format="PNG", compress_level=4)
    return buffer.getvalue()


def _is_deep_colour(content: bytes, image: Image.Image) -> bool:
    """Whether this is a colour picture of 16 bits a channel, which Pillow would cut down to 8."""
    if image.format == "PNG":
        return content[24] == 16 and content[25] in (2, 4, 6)  # IHDR: bit depth, colour type
    if image.format == "TIFF":
        bits = image.tag_v2.get(258, (1,))  # BitsPerSample
        samples = image.tag_v2.get(277, 1)
        return samples >= 3 and image.mode in ("RGB", "RGBA") and max(bits) == 16
    return False


def _read_deep(content: bytes, image: Image.Image) -> np.ndarray:
    import cv2

    array = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if array is None:
        raise OSError("its 16-bit pixels could not be decoded")
    if array.ndim == 2:
        array = np.repeat(array[..., None], 3, axis=2)
    order = [2, 1, 0] if array.shape[2] == 3 else [2, 1, 0, 3]
    array = array[..., order].astype(np.float32) / (65535 if array.dtype == np.uint16 else 255)
    return _turn(array, image.getexif().get(0x0112, 1))


def _turn(array: np.ndarray, orientation: int) -> np.ndarray:
    """Apply an EXIF orientation (1 to 8) to `[H, W, C]`."""
    if orientation in (5, 6, 7, 8):
        array = array.transpose(1, 0, 2)
    if orientation in (3, 4, 7, 8):
        array = array[::-1]
    if orientation in (2, 3, 6, 7):
        array = array[:, ::-1]
    return np.ascontiguousarray(array)


def _to_array(image: Image.Image) -> np.ndarray:
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16-bit grey, which Pillow holds in 16 or 32 bits
        grey = np.asarray(image).astype(np.float32) / 65535
        return np.repeat(np.clip(grey, 0, 1)[..., None], 3, axis=2)
    if image.mode == "F":
        grey = np.asarray(image)
        if not np.isfinite(grey).all():
            raise OSError("it contains NaN or infinite values")
        return np.repeat(np.clip(grey, 0, 1)[..., None], 3, axis=2)
    transparent = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    image = _to_srgb(image, "RGBA" if transparent else "RGB")
    pixels = np.asarray(image).astype(np.float32)
    pixels /= 255  # in place: a large picture's are half a gigabyte
    return pixels


def _to_srgb(image: Image.Image, mode: str) -> Image.Image:
    profile_bytes = image.info.get("icc_profile")
    if profile_bytes and image.mode in ("RGB", "RGBA", "CMYK"):
        try:
            profile = ImageCms.ImageCmsProfile(BytesIO(profile_bytes))
            if "srgb" not in ImageCms.getProfileDescription(profile).lower():
                wanted = image.mode if image.mode == "RGBA" else "RGB"
                srgb = ImageCms.createProfile("sRGB")
                image = ImageCms.profileToProfile(image, profile, srgb, outputMode=wanted)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile is no reason to refuse the picture
    return image.convert(mode)
