"""What the trainings share: the run, its checkpoints, the optimizer, and the data that it learns from."""
