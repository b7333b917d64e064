"""Makes CelKit's weights: compositions of public-domain drawings, losses, loops, evaluation.

Nothing in here is installed with the pack; `pip install -e .[train]` brings what it needs.
"""
