"""Creatures and items: the same every time, whole, animated point by point, drawable."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from training.toon import creatures, items
from training.toon.creatures import PLANS, actions, build, cycle, sample_creature, sample_pose
from training.toon.creatures.anatomy import bent, box, inside, tube
from training.toon.creatures.assembly import stretches
from training.toon.labels import CATEGORIES
from training.toon.render import draw
from training.toon.style import Style

KINDS = {"robot": "robot", "mascot": "mascot", "blob": "blob"}  # the others are animals


def sampled(plan, seed):
    rng = np.random.default_rng([seed, list(PLANS).index(plan)])
    looks = sample_creature(rng, plan)
    return looks, sample_pose(actions(looks), rng)


def same_figures(first, second):
    assert [part.name for part in first.parts] == [part.name for part in second.parts]
    for a, b in zip(first.parts, second.parts, strict=True):
        np.testing.assert_array_equal(a.outline, b.outline)
    assert first.palette == second.palette and first.joints == second.joints


def check_figure(figure):
    names = [part.name for part in figure.parts]
    assert len(set(names)) == len(names)
    for number, part in enumerate(figure.parts):
        assert part.category in CATEGORIES[1:] and part.color in figure.palette
        assert part.outline.dtype == np.float32 and part.outline.shape[1] == 2
        assert np.isfinite(part.outline).all()
        assert part.within is None or part.within in names[:number]
        assert set(part.casts) <= set(names[:number])
        assert part.bone in figure.joints
        for first, last in part.seams:
            assert 0 <= first < len(part.outline) and 0 <= last < len(part.outline)
        for stroke in part.strokes:
            assert np.isfinite(stroke.points).all()
            assert stroke.color is None or stroke.color in figure.palette
    assert all(0 <= v <= 1 for color in figure.palette.values() for v in color)


@pytest.mark.parametrize("plan", PLANS)
def test_creatures_are_sound_and_the_same_every_time(plan):
    for seed in range(25):
        looks, pose = sampled(plan, seed)
        figure = build(looks, pose)
        assert figure.kind == KINDS.get(plan, "animal")
        check_figure(figure)
        if seed < 5:
            assert (looks, pose) == sampled(plan, seed)
            same_figures(figure, build(looks, pose))


@pytest.mark.parametrize("plan", PLANS)
def test_frames_have_the_same_parts_and_points_in_every_action(plan):
    for seed in range(6):
        looks, pose = sampled(plan, seed)
        for action in actions(looks):
            frames = [build(looks, p) for p in cycle(replace(pose, action=action), 5)]
            shapes = [[(p.name, len(p.outline), len(p.strokes)) for p in f.parts] for f in frames]
            assert all(shape == shapes[0] for shape in shapes)
            moved = [
                np.abs(a.outline - b.outline).max()
                for a, b in zip(frames[0].parts, frames[1].parts, strict=True)
            ]
            assert 0 < max(moved) < 2.5
            end = build(looks, replace(pose, action=action, phase=1e-9))
            start = build(looks, replace(pose, action=action, phase=1 - 1e-9))
            if action not in ("leap",):
                gap = max(
                    np.abs(a.outline - b.outline).max()
                    for a, b in zip(start.parts, end.parts, strict=True)
                )
                assert gap < 1e-3, f"{action} does not close"


@pytest.mark.parametrize("plan", PLANS)
def test_a_creature_hangs_together(plan):
    for seed in range(8):
        looks, pose = sampled(plan, seed)
        figure = build(looks, pose)
        drawing = draw(figure, Style("plain"), np.random.default_rng(0), 160)
        alpha = drawing.rgba[..., 3].astype(int)
        _, numbers = cv2.connectedComponents((alpha > 0).astype(np.uint8))
        largest = np.bincount(numbers.ravel(), alpha.ravel())[1:].max()
        assert largest > 0.97 * alpha.sum(), f"{plan} {seed} falls apart"
        assert (drawing.ids > 0).mean() > 0.1


def test_mirrored_creatures_are_mirrored():
    looks, pose = sampled("quadruped", 3)
    right, left = (build(looks, replace(pose, facing=side)) for side in (1, -1))
    for a, b in zip(right.parts, left.parts, strict=True):
        np.testing.assert_allclose(a.outline * (-1, 1), b.outline, atol=1e-6)


def test_every_species_and_trait_builds():
    for plan, (module, _) in PLANS.items():
        species = getattr(module, "SPECIES", ())
        if plan == "mascot":
            species = (*module.ANIMALS, *module.things.THINGS)
        for number, name in enumerate(species):
            rng = np.random.default_rng(number)
            looks = module.sample(rng, name)
            assert looks.species == name
            check_figure(build(looks, sample_pose(actions(looks), rng)))


def test_a_wrong_plan_or_action_is_an_error():
    with pytest.raises(ValueError, match='no body plan "centaur"'):
        sample_creature(np.random.default_rng(0), "centaur")
    looks, pose = sampled("fish", 0)
    with pytest.raises(ValueError, match='does not "sit"'):
        build(looks, replace(pose, action="sit"))


def test_chance_gives_every_plan():
    rng = np.random.default_rng(0)
    kinds = {type(creatures.sample_creature(rng)) for _ in range(150)}
    assert len(kinds) == len(PLANS)
    assert creatures.sample_figure(rng).parts


@pytest.mark.parametrize("name", items.ITEMS)
def test_items_stand_alone(name):
    item = items.sample_item(np.random.default_rng(len(name)), name)
    figure = items.prop(item, 0.4)
    assert figure.kind == "item"
    category = "bag" if name in items.BAGS else "clothes"
    assert {part.category for part in figure.parts} == {category}
    check_figure(replace(figure, parts=tuple(replace(p, bone="root") for p in figure.parts)))
    reach = np.abs(np.concatenate([part.outline for part in figure.parts])).max()
    assert 0.1 < reach < 3.5


def test_items_are_held_at_a_joint():
    looks, pose = sampled("mascot", 2)
    figure = build(looks, replace(pose, action="stand"))
    rng = np.random.default_rng(0)
    sword, bag = items.sample_item(rng, "sword"), items.sample_item(rng, "handbag")
    armed = items.hold(figure, sword, "hand.left", angle=0.5)
    armed = items.hold(armed, bag, "hand.right", behind="body")
    check_figure(armed)
    names = [part.name for part in armed.parts]
    assert "item1.blade" in names and "item2.body" in names
    assert names.index("item2.body") < names.index("body")
    grip = next(part for part in armed.parts if part.name == "item1.handle").outline
    assert inside(np.array([armed.joints["hand.left"]]), grip).all()
    assert len(armed.parts) > len(figure.parts) and armed.kind == "mascot"
    drawing = draw(armed, Style("plain"), np.random.default_rng(0), 120)
    assert CATEGORIES.index("bag") in drawing.table.category


def test_a_hand_that_is_not_there_is_an_error():
    figure = build(*sampled("fish", 1))
    item = items.sample_item(np.random.default_rng(0))
    with pytest.raises(ValueError, match='no joint "hand"'):
        items.hold(figure, item, "hand")
    with pytest.raises(ValueError, match='no part "sleeve"'):
        items.hold(figure, item, "body", behind="sleeve")
    with pytest.raises(ValueError, match='no item "anvil"'):
        items.sample_item(np.random.default_rng(0), "anvil")


def test_tubes_carry_marks():
    body = tube([(0, 0), (1, 0), (2, 0)], [0.5, 0.5, 0.5])
    np.testing.assert_allclose(body.at([0.5], [1.0]), [[1.0, 0.5]], atol=1e-9)
    assert inside(body.at([0.1, 0.5, 0.9], [0.0, -0.9, 0.9]), body.outline).all()
    assert not inside(body.at([0.5], [1.1]), body.outline).any()


def test_legs_bend_to_their_side_and_stretch_when_too_short():
    assert bent((0, 0), (0, 1), 0.7, 0.7, 1)[0] > 0 > bent((0, 0), (0, 1), 0.7, 0.7, -1)[0]
    np.testing.assert_allclose(bent((0, 0), (0, 4), 0.5, 0.5, 1), (0, 2), atol=1e-9)


def test_stretches_run_over_the_end():
    assert stretches(np.array([1, 1, 0, 0, 1], bool)) == ((4, 1),)
    assert stretches(np.array([0, 1, 1, 0, 1], bool)) == ((1, 2), (4, 4))
    assert stretches(np.zeros(3, bool)) == () and stretches(np.ones(3, bool)) == ((0, 2),)
    assert len(box(0, 0, 1, 1)) == 20
