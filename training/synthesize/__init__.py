"""Samples made in bulk: `python -m training.synthesize --count 100000 --output FOLDER`.

A folder of samples holds

- `dataset.json`: everything that decides the bytes (kind, seed, size, count, options, versions);
- `shard-000000.tar` and so on: tar files in WebDataset layout. The members of a sample share the
  name before the first dot, `{index:09d}`, lie next to each other and are sorted by name;
- `shard-000000.json`: that the shard is whole: its bytes, its SHA-256, and of each sample the
  offset, the bytes and the CRC-32 within the tar file.

All of it follows from the options: any machine that makes a shard writes the same bytes. What the
members of a sample are is said in `encoding` (compositions) and `labelled` (labelled pictures).

Several machines each make a part (`--shard 0/4` and so on) in one shared folder, or in folders of
their own whose files are then put together. `--engine ray` gives the work out on a Ray cluster.
`training.shards` reads a folder for the trainings; any WebDataset reader does too.
"""
