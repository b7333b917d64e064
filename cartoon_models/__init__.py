"""CelKit's models: everything that computes, without ComfyUI.

The families are imported where they are used, so that importing this package is quick:

    from cartoon_models.instances import load_segmenter
"""

__version__ = "0.1.0"
