"""Select, remove, merge, join, arrange, edit, tag."""

import json

import pytest
import torch


def areas(item) -> list[int]:
    return item.masks.sum(dim=(1, 2)).int().tolist()


@pytest.mark.parametrize(
    ("which", "kept"),
    [("0,2", [60, 96]), ("largest", [200]), ("rightmost", [96]), ("1-2", [200, 96])],
)
def test_select(call, found, which, kept):
    instances, masks, index = call("CelKitSelectInstances", instances=found, which=which)
    assert areas(instances[0]) == kept
    assert masks.shape[0] == len(kept) and json.loads(index) == [0] * len(kept)


def test_a_number_that_is_not_there_is_one_sentence(call, found):
    with pytest.raises(IndexError, match=r"Instance 7 is not there; .* 0 to 2"):
        call("CelKitSelectInstances", instances=found, which="7")


def test_numbers_that_a_frame_lacks_can_be_passed_over(call, found_batch):
    with pytest.raises(IndexError):
        call("CelKitSelectInstances", instances=found_batch, which="0-1")
    instances, _, index = call(
        "CelKitSelectInstances", instances=found_batch, which="0-1, -1, 9", skip_missing=True
    )
    assert [areas(item) for item in instances] == [[60, 200, 96], [], [60]]
    assert json.loads(index) == [0, 0, 0, 2]
    largest, _, _ = call("CelKitSelectInstances", instances=found_batch, which="largest")
    assert [areas(item) for item in largest] == [[200], [], [60]]


def test_a_frame_without_the_number_is_named_with_the_way_out(call, found_batch):
    with pytest.raises(IndexError, match=r"In picture 1 .* none at all\. Turn on skip_missing"):
        call("CelKitRemoveInstances", instances=found_batch)


def test_a_slip_is_not_taken_for_a_number_that_is_missing(call, found):
    with pytest.raises(ValueError, match="write 0-2"):
        call("CelKitSelectInstances", instances=found, which="2-0", skip_missing=True)
    with pytest.raises(ValueError, match="not a list"):
        call("CelKitRemoveInstances", instances=found, which="1.5", skip_missing=True)


def test_remove(call, found):
    instances, _, _ = call("CelKitRemoveInstances", instances=found, which="leftmost")
    assert areas(instances[0]) == [200, 96]


def test_merge_keeps_the_others_behind(call, found):
    instances, masks, _ = call("CelKitMergeInstances", instances=found, which="0,2")
    assert areas(instances[0]) == [156, 200] and masks.shape[0] == 2
    alone, _, _ = call("CelKitMergeInstances", instances=found, which="all", keep_others=False)
    assert areas(alone[0]) == [356]


def test_merge_in_a_batch_with_an_empty_frame(call, found_batch):
    instances, _, _ = call("CelKitMergeInstances", instances=found_batch, which="all")
    assert [areas(item) for item in instances] == [[356], [], [60]]


def test_join(call, found):
    first, _, _ = call("CelKitSelectInstances", instances=found, which="2")
    second, _, _ = call("CelKitSelectInstances", instances=found, which="0,1")
    joined, _, _ = call("CelKitJoinInstances", first=first, second=second)
    assert areas(joined[0]) == [96, 60, 200]


def test_arrange(call, found, part):
    instances = part("cartoon_models.instances")
    doubled = [instances.concatenate(found[0], found[0])]
    arranged, _, _ = call(
        "CelKitArrangeInstances", instances=doubled, duplicate_threshold=0.8, order="area"
    )
    assert areas(arranged[0]) == [200, 96, 60]
    shared, masks, _ = call("CelKitArrangeInstances", instances=doubled, overlaps="soft")
    assert masks.sum(dim=0).max() <= 1 + 1e-6 and len(shared[0]) == 6


def test_edit_adds_and_takes_away(call, found):
    patch = torch.zeros(1, 41, 63)
    patch[0, 5:10, 9:13] = 1
    instances, _, _ = call("CelKitEditInstance", instances=found, mask=patch, number=0)
    assert areas(instances[0]) == [80, 200, 96]
    assert instances[0].boxes[0].tolist() == [3, 5, 13, 15]
    back, _, _ = call(
        "CelKitEditInstance", instances=instances, mask=patch[0], number=0, mode="subtract"
    )
    assert areas(back[0]) == [60, 200, 96]
    assert areas(found[0]) == [60, 200, 96]  # a value: the first one did not change


def test_edit_in_a_batch_names_the_picture(call, found_batch):
    patch = torch.ones(1, 41, 63)
    instances, _, _ = call(
        "CelKitEditInstance", instances=found_batch, mask=patch, mode="replace", picture=-1
    )
    assert [areas(item) for item in instances] == [[60, 200, 96], [], [41 * 63]]
    with pytest.raises(IndexError, match="Picture 3 is not there; the batch has 3"):
        call("CelKitEditInstance", instances=found_batch, mask=patch, picture=3)
    with pytest.raises(ValueError, match="63 x 41"):
        call("CelKitEditInstance", instances=found_batch, mask=torch.ones(1, 5, 5))


def test_the_same_frame_twice_is_edited_once(call, found):
    patch = torch.ones(1, 41, 63)
    instances, _, _ = call(
        "CelKitEditInstance", instances=found * 2, mask=patch, mode="replace", picture=1
    )
    assert [areas(item)[0] for item in instances] == [60, 41 * 63]


def test_typed_tags_and_selection_by_tag(call, found):
    tagged, text = call("CelKitTagInstances", instances=found, typed="red_hair, hat\n\nblue hair")
    assert tagged[0].tags == (("red_hair", "hat"), (), ("blue hair",))
    assert text == "red_hair, hat\n\nblue hair"
    chosen, _, _ = call("CelKitSelectByTag", instances=tagged, tags="Blue Hair, hat")
    assert areas(chosen[0]) == [60, 96]
    both, masks, _ = call(
        "CelKitSelectByTag", instances=tagged, tags="red_hair, blue_hair", match="all"
    )
    assert len(both[0]) == 0 and masks.sum() == 0


def test_typed_lines_go_on_with_the_next_picture(call, found_batch):
    tagged, _ = call("CelKitTagInstances", instances=found_batch, typed="a\nb\nc\nd")
    assert [item.tags for item in tagged] == [(("a",), ("b",), ("c",)), (), (("d",),)]
    everyone, _ = call("CelKitTagInstances", instances=tagged, typed="x")
    assert everyone[0].tags[0] == ("x", "a") and everyone[2].tags == (("x", "d"),)
    instead, _ = call("CelKitTagInstances", instances=tagged, typed="x\n", replace=True)
    assert instead[0].tags == (("x",), ("b",), ("c",))
    with pytest.raises(ValueError, match="5 lines of tags were typed for 4 characters"):
        call("CelKitTagInstances", instances=found_batch, typed="a\nb\nc\nd\ne")


def test_the_text_has_a_line_per_character_and_can_be_typed_in_again(call, found_batch):
    """The second picture of the batch has no character, and so no line."""
    tagged, text = call("CelKitTagInstances", instances=found_batch, typed="a\nb\n\nd")
    assert text == "a\nb\n\nd"
    again, _ = call("CelKitTagInstances", instances=found_batch, typed=text)
    assert [item.tags for item in again] == [item.tags for item in tagged]


def test_line_ends_after_the_last_line_are_no_lines(call, found):
    one = [found[0][[0]]]
    assert call("CelKitTagInstances", instances=one, typed="a\n")[1] == "a"
    assert call("CelKitTagInstances", instances=found, typed="a\r\nb\r\nc\r\n\r\n")[1] == "a\nb\nc"


def test_tags_for_nobody_are_no_error(call, found):
    """A picture in which nothing was found does not stop a graph that tags."""
    nobody = [found[0][[]]]
    tagged, text = call("CelKitTagInstances", instances=nobody, typed="a\nb\nc")
    assert len(tagged[0]) == 0 and text == ""


def test_a_tagger_sees_each_character(call, part, found_batch, batch):
    models, tags = part("nodes.models"), part("cartoon_models.instances.tags")

    class Reader:
        """Says how wide and high what it is shown is."""

        module = torch.nn.Linear(1, 1)
        thresholds = None

        def tag(self, pictures, *thresholds):
            self.thresholds = thresholds
            sizes = [f"{p.shape[1]}x{p.shape[0]}" for p in pictures]
            return [tags.TagResult(general={s: 1.0}, characters={"Ann": 1.0}) for s in sizes]

    reader = Reader()
    tagged, text = call(
        "CelKitTagInstances",
        instances=found_batch,
        image=batch,
        tagger=models.ManagedTagger(reader),
        typed="first\n",
        general_threshold=0.4,
    )
    assert text.split("\n")[0] == "Ann, first, 6x10" and tagged[2].tags == (("6x10",),)
    assert reader.thresholds == (0.4, None)
    with pytest.raises(ValueError, match="connect image"):
        call("CelKitTagInstances", instances=found_batch, tagger=models.ManagedTagger(reader))


def test_a_tagger_that_is_not_there_is_one_sentence(call):
    with pytest.raises(FileNotFoundError, match=r"selected_tags\.csv"):
        call("CelKitLoadTagger", folder="none found")
