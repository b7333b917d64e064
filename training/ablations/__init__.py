"""What each part of the training is worth: it is left out or changed, and all else stays.

`variants` lists the trainings, `running` does one of them, `table` compares them.
"""
