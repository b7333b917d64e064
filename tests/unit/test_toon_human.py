"""Humans: parts by name, the same in every frame, from all sides and in all clothes."""

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from training.toon import human
from training.toon.human import looks as L
from training.toon.human.lying import WAYS, sample_lying
from training.toon.human.pose import ARMS, HANDS, MOUTHS, Pose
from training.toon.human.turns import angles_of, view_of
from training.toon.human.upright import LEGS
from training.toon.labels import CATEGORIES
from training.toon.render import draw
from training.toon.style import Style

DRAPED = ("coat", "cape", "skirt")
PLAIN = Style("plain", line=0.03)
JOINTS = {"hips", "spine", "neck", "head", "chin"}
JOINTS |= {
    f"{side}_{name}"
    for side in ("left", "right")
    for name in ("shoulder", "elbow", "hand", "hip", "knee", "foot", "eye")
}


def sampled(seed):
    rng = np.random.default_rng(seed)
    looks = human.sample_looks(rng)
    return looks, human.sample_pose(rng, looks.body.heads)


def check(figure):
    """What holds of every figure."""
    seen = set()
    for part in figure.parts:
        assert part.name not in seen
        assert part.category in CATEGORIES[1:]
        assert part.color in figure.palette
        assert part.outline.dtype == np.float32 and part.outline.ndim == 2
        assert np.isfinite(part.outline).all() and np.abs(part.outline).max() < 40
        assert part.within is None or part.within in seen
        assert seen.issuperset(part.casts)
        for stroke in part.strokes:
            assert np.isfinite(stroke.points).all() and len(stroke.points) >= 2
        for tone in part.tones:
            assert np.isfinite(tone.outline).all()
        for first, last in part.seams:
            assert 0 <= first < len(part.outline) and 0 <= last < len(part.outline)
        seen.add(part.name)
    assert set(figure.joints) == JOINTS


def names_and_counts(figure):
    return {part.name: len(part.outline) for part in figure.parts}


def test_a_seed_gives_one_figure():
    first, second = (human.build(*sampled(5)) for _ in range(2))
    assert [p.name for p in first.parts] == [p.name for p in second.parts]
    for one, other in zip(first.parts, second.parts, strict=True):
        np.testing.assert_array_equal(one.outline, other.outline)
    assert first.palette == second.palette and first.joints == second.joints


def test_many_figures_hold_together():
    shares = []
    for seed in range(32):
        figure = human.build(*sampled(seed))
        check(figure)
        ids = draw(figure, PLAIN, np.random.default_rng(0), 160).ids > 0
        areas = cv2.connectedComponentsWithStats(ids.astype(np.uint8))[2][1:, cv2.CC_STAT_AREA]
        shares.append(areas.max() / areas.sum())
    assert min(shares) > 0.97


def test_figures_differ():
    figures = [human.build(*sampled(seed)) for seed in range(40)]
    assert len({tuple(p.name for p in f.parts) for f in figures}) == 40
    counts = [len(f.parts) for f in figures]
    assert 50 < np.mean(counts) < 120
    categories = {part.category for figure in figures for part in figure.parts}
    assert categories == set(CATEGORIES[1:]) or categories == set(CATEGORIES[1:]) - {"bag"}


def test_joints_lie_in_the_figure():
    for seed in range(30):
        figure = human.build(*sampled(seed))
        points = np.concatenate([part.outline for part in figure.parts])
        low, high = points.min(0), points.max(0)
        for name, joint in figure.joints.items():
            assert (np.array(joint) > low - 0.01).all(), (seed, name)
            assert (np.array(joint) < high + 0.01).all(), (seed, name)


@pytest.mark.parametrize("run", [0.0, 1.0])
def test_a_walk_keeps_names_and_numbers_of_points(run):
    for seed in (1, 4, 9, 12):
        looks, pose = sampled(seed)
        pose = replace(pose, yaw=-35.0, roll=0.0)
        frames = [
            names_and_counts(human.build(looks, human.walk_pose(pose, t, run=run)))
            for t in np.linspace(0, 1, 9)
        ]
        always = set.intersection(*(set(frame) for frame in frames))
        assert len(always) > 0.8 * max(len(frame) for frame in frames)
        for frame in frames[1:]:
            for name in set(frame) & set(frames[0]):
                assert frame[name] == frames[0][name], name


def test_a_turn_keeps_numbers_of_points_and_moves_little():
    for seed in (2, 7):
        looks, _ = sampled(seed)
        poses = [Pose(yaw=float(yaw)) for yaw in range(-180, 181, 6)]
        figures = [human.build(looks, pose) for pose in poses]
        for one, other in pairwise(figures):
            before = {part.name: part.outline for part in one.parts}
            for part in other.parts:
                if part.name in before:
                    assert len(part.outline) == len(before[part.name]), part.name
            for name in ("head.face", "trunk"):
                new = next(part.outline for part in other.parts if part.name == name)
                assert np.abs(new - before[name]).max() < 0.2


def test_a_cycle_ends_where_it_starts_and_blends_meet_their_ends():
    looks, pose = sampled(8)
    start, end = (human.build(looks, human.walk_pose(pose, t)) for t in (0.0, 1.0))
    for one, other in zip(start.parts, end.parts, strict=True):
        np.testing.assert_allclose(one.outline, other.outline, atol=1e-4)
    other = replace(Pose(), yaw=170.0, mouth="open")
    assert human.blend(pose, other, 0.0) == pose
    turned = human.blend(replace(pose, yaw=-170.0), other, 0.5)
    assert abs(abs(turned.yaw) - 180) < 1e-6


@pytest.mark.parametrize("kind", ["wave", "nod", "blink", "talk", "breathe", "bounce"])
def test_gestures_build(kind):
    looks, pose = sampled(3)
    for t in (0.0, 0.3, 0.6):
        check(human.build(looks, human.gesture_pose(pose, t, kind)))


def test_no_such_gesture_is_an_error():
    with pytest.raises(ValueError, match='no gesture "fly"'):
        human.gesture_pose(Pose(), 0.0, "fly")


def test_clothes_cover_the_skin_below_them():
    bare = ("trunk", "arm.left", "arm.right", "leg.left", "leg.right", "foot.left", "foot.right")
    style = replace(PLAIN, line=0.01, shading="none")
    for seed in range(16):
        looks, pose = sampled(seed)
        clothes = {"top": "sweater", "sleeves": "long", "collar": "turtle", "shoes": "boots"}
        clothes |= {"bottom": "trousers", "gloves": "short", "socks": "knee", "cape": "none"}
        looks = replace(looks, outfit=replace(looks.outfit, **clothes))
        drawing = draw(human.build(looks, pose), style, np.random.default_rng(0), 240)
        names = [drawing.table.parts.index(name) for name in bare if name in drawing.table.parts]
        skin = np.isin(drawing.table.part[drawing.ids], names)  # what is left is the neck
        assert skin.sum() < 0.012 * (drawing.ids > 0).sum(), seed


def test_a_back_view_has_no_face():
    for seed in range(12):
        looks, pose = sampled(seed)
        away = replace(pose, yaw=180.0, head_yaw=0.0, head_pitch=0.0, roll=0.0)
        names = {part.name for part in human.build(looks, away).parts}
        assert not any(n.startswith(("eye.", "mouth", "brow", "cheek", "glasses")) for n in names)
        assert "head.face" in names


WARDROBE = (
    [("outfit", "top", name) for name in L.TOPS]
    + [("outfit", "bottom", name) for name in L.BOTTOMS]
    + [("outfit", "sleeves", name) for name in L.SLEEVES]
    + [("outfit", "collar", name) for name in L.COLLARS]
    + [("outfit", "neckwear", name) for name in L.NECKWEAR]
    + [("outfit", "shoes", name) for name in L.SHOES]
    + [("outfit", "socks", name) for name in L.SOCKS]
    + [("outfit", "pattern", name) for name in L.PATTERNS]
    + [("outfit", "coat", name) for name in ("coat", "long coat", "cardigan", "jacket")]
    + [("outfit", "cape", name) for name in ("cape", "long cape")]
    + [("outfit", "apron", True), ("outfit", "belt", "sash"), ("outfit", "gloves", "long")]
    + [("outfit", "gloves", "fingerless"), ("extras", "backpack", True), ("extras", "halo", True)]
    + [("extras", "hat", name) for name in L.HATS]
    + [("extras", "ears", name) for name in ("cat", "fox", "rabbit", "dog", "bear")]
    + [("extras", "horns", name) for name in ("small", "ram", "long")]
    + [("extras", "wings", name) for name in ("feather", "bat", "fairy")]
    + [("extras", "tail", name) for name in ("cat", "fox", "devil", "dragon")]
    + [("hair", "bangs", name) for name in L.BANGS]
    + [("hair", "back", name) for name in L.BACK_HAIR]
    + [("hair", "tied", name) for name in L.TIED]
    + [
        ("hair", "bald", True),
        ("hair", "tips", True),
        ("hair", "spiky", 1.0),
        ("hair", "curl", 1.0),
    ]
    + [("face", "eyes", name) for name in L.EYES]
    + [("face", "glasses", name) for name in ("round", "square", "half", "dark", "patch")]
    + [("face", "beard", name) for name in ("full", "goatee", "moustache", "long")]
    + [("face", "marks", name) for name in ("freckles", "mole", "scar", "stripe", "teardrop")]
)


def test_everything_is_worn_from_every_side_at_two_and_eight_heads():
    base, _ = sampled(0)
    yaws = (0.0, 40.0, 90.0, 140.0, 180.0, -70.0)
    for number, (group, name, value) in enumerate(WARDROBE):
        looks = replace(base, **{group: replace(getattr(base, group), **{name: value})})
        for k, heads in enumerate((2.0, 8.0)):
            looks = replace(looks, body=replace(looks.body, heads=heads))
            check(human.build(looks, Pose(yaw=yaws[(number + 3 * k) % 6], pitch=8.0)))


def test_every_pose_builds():
    looks, _ = sampled(6)
    for number, legs in enumerate(LEGS.values()):
        ways = list(ARMS.values())
        left, right = ways[number % len(ways)], ways[(3 * number + 1) % len(ways)]
        pose = Pose(
            yaw=60.0 * number,
            arm_forward=(left[0], right[0]),
            arm_out=(left[1], right[1]),
            elbow=(left[2], right[2]),
            elbow_turn=(left[3], right[3]),
            leg_forward=(legs[0][0], legs[1][0]),
            leg_out=(legs[0][1], legs[1][1]),
            knee=(legs[0][2], legs[1][2]),
            foot=(legs[0][3], legs[1][3]),
            hands=(HANDS[number % len(HANDS)], HANDS[(number + 1) % len(HANDS)]),
            mouth=MOUTHS[number % len(MOUTHS)],
            eyes=(number % 3 / 2, 1.0),
            roll=90.0 * (number % 4 == 3),
        )
        check(human.build(looks, pose))


def lowest(figure, clothes=False):
    """The y of the lowest point of what is not shown within something else."""
    return max(
        float(part.outline[:, 1].max())
        for part in figure.parts
        if part.within is None and (not clothes or part.name.startswith(DRAPED))
    )


def test_every_way_to_lie_is_wide_and_touches_the_ground():
    for seed in range(2 * len(WAYS)):
        rng = np.random.default_rng(seed)
        looks = human.sample_looks(rng)
        heads = (2.4, 6.5)[seed % 2]
        looks = replace(looks, body=replace(looks.body, heads=heads))
        pose = sample_lying(rng, heads, list(WAYS)[seed // 2])
        assert pose.lies and max(pose.elbow + pose.knee) <= 145
        figure = human.build(looks, pose)
        check(figure)
        assert lowest(figure) == pytest.approx(0.0, abs=1e-5)
        points = np.concatenate([p.outline for p in figure.parts if p.within is None])
        wide, high = np.ptp(points, axis=0)
        assert wide > (1.0 if heads < 3 else 1.3) * high, (seed, pose)


def test_some_five_in_a_hundred_lie_and_none_where_none_shall():
    rng = np.random.default_rng(0)
    lying = np.mean([human.sample_pose(rng).lies for _ in range(4000)])
    assert 0.04 < lying < 0.06
    assert not any(human.sample_pose(rng, lying=0.0).lies for _ in range(400))


def test_a_turn_in_space_and_its_angles():
    for yaw, pitch, roll in ((10, 20, 30), (-170, -60, 100), (90, 0, -90)):
        found = angles_of(view_of(yaw, pitch, roll))
        np.testing.assert_allclose(found, (yaw, pitch, roll), atol=1e-6)


@pytest.mark.parametrize("legs", ["sit", "sit crossed", "floor", "knees up", "kneel", "crouch"])
def test_what_is_long_lies_on_the_ground_of_who_sits_or_kneels(legs):
    base, _ = sampled(0)
    (lf, lo, lk, lt), (rf, ro, rk, rt) = LEGS[legs]
    low = {"leg_forward": (lf, rf), "leg_out": (lo, ro), "knee": (lk, rk), "foot": (lt, rt)}
    worn = ({"coat": "long coat"}, {"cape": "long cape"}, {"top": "robe"}, {"top": "gown"})
    worn += ({"top": "blouse", "bottom": "long skirt", "skirt_length": 1.6},)
    for clothes in worn:
        for yaw in (0.0, 45.0, 90.0, 180.0):
            looks = replace(base, outfit=replace(base.outfit, **clothes))
            looks = replace(looks, body=replace(looks.body, heads=6.0))
            figure = human.build(looks, Pose(yaw=yaw, **low))
            check(figure)
            assert lowest(figure, clothes=True) < 0.02, (clothes, yaw)


def test_proportions_follow_the_heads():
    base, _ = sampled(0)
    for heads in (2.0, 4.0, 6.0, 8.0):
        looks = replace(base, body=replace(base.body, heads=heads))
        joints = human.build(looks, Pose()).joints
        assert joints["chin"][1] == pytest.approx(-(heads - 1), abs=0.25)
        assert joints["left_shoulder"][0] > joints["right_shoulder"][0]


def test_skin_is_natural_for_most():
    # hues of skin as it grows lie about orange
    natural = 0
    for seed in range(200):
        red, green, blue = human.sample_looks(np.random.default_rng(seed)).palette["skin"]
        natural += red > green > blue
    assert natural > 170


def test_figures_repeat_are_premultiplied_and_trimmed():
    for seed in range(12):
        first, second = (
            human.draw_human(np.random.default_rng(seed), PLAIN, 160).rgba for _ in range(2)
        )
        np.testing.assert_array_equal(first, second)
        assert (first[..., :3] <= first[..., 3:]).all()
        alpha = first[..., 3]
        assert alpha[0].any() and alpha[-1].any() and alpha[:, 0].any() and alpha[:, -1].any()
        assert 80 < max(alpha.shape) < 400
        assert (alpha > 127).mean() > 0.1
