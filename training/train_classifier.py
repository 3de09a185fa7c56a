"""Trains the classifier that judges things by name, on drawn images only. `python -m training.train_classifier --minutes 5`

Half of the images make a round trip through the autoencoder, so that its blur is not taken for another thing. The trained weights are
in the repository (6 MB), since evaluating needs them and training took 16 s of a GPU, but takes more than an hour of two CPU cores.
Train again when things are added.
"""

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from .exporting.folder import read_folder
from .judges.things import WEIGHTS
from .learning.run import Run, parse_run_options, run_options
from .learning.scene_stream import Chunk, SceneStream
from .models.autoencoder import Decoder, Encoder
from .models.classifier import Classifier, class_names, cut_out
from .rendering.render import Plan
from .scenes.vocabulary import SHAPES


def labeled(plan: Plan) -> tuple[Tensor, Tensor, Tensor]:
    """Every thing and shape of a plan: which image [n], box (center x, y and radius) [n, 3], class [n]."""
    names = class_names()
    images, boxes, classes = [], [], []
    for strokes in plan.strokes:
        if strokes.outline == "icon" or strokes.outline in SHAPES:
            images.append(torch.from_numpy(strokes.chosen))
            boxes.append(torch.from_numpy(strokes.box[:, :3]))
            shape = 0 if strokes.outline == "icon" else names.index(strokes.outline)
            classes.append(torch.from_numpy(strokes.icon) if strokes.outline == "icon" else torch.full((len(images[-1]),), shape))
    return torch.cat(images), torch.cat(boxes), torch.cat(classes)


def jittered(boxes: Tensor) -> Tensor:
    """Around the object and not too exactly. [n, 3] -> [n, 3]"""
    shift = (torch.rand_like(boxes[:, :2]) - 0.5) * 0.4 * boxes[:, 2:]
    side = boxes[:, 2:] * (1.05 + 0.45 * torch.rand_like(boxes[:, 2:]))
    return torch.cat([boxes[:, :2] + shift, side], 1)


@torch.no_grad()
def labeled_cutouts(chunk: Chunk, encoder: Encoder, decoder: Decoder, device: str) -> tuple[Tensor, Tensor]:
    """Cutouts [n, 3, 64, 64], with brightness, color and noise varied, and classes [n]."""
    images, _ = chunk.draw(device)
    half = len(images) // 2
    with torch.autocast(device, dtype=torch.bfloat16):
        images[:half] = decoder(encoder.latents(images[:half].contiguous(memory_format=torch.channels_last))).float().clamp(-1, 1)
    chosen, boxes, classes = (part.to(device) for part in labeled(chunk.plan))
    cutouts = cut_out(images, chosen, jittered(boxes))
    per_channel = (len(cutouts), 3, 1, 1)
    gain, shift = 1 + 0.1 * torch.randn(per_channel, device=device), 0.06 * torch.randn(per_channel, device=device)
    return cutouts * gain + shift + 0.05 * torch.randn_like(cutouts), classes


def main() -> None:
    parser = run_options(__doc__, "classifier.pt")
    parser.add_argument("--model", type=Path, required=True, help="an exported folder, for its autoencoder")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    options = parse_run_options(parser)
    device = options.device
    model = read_folder(options.model)
    encoder, decoder = (
        network.to(device, memory_format=torch.channels_last).eval() for network in (model.encoder, model.decoder)
    )
    classifier = Classifier(class_names()).to(device, memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(classifier.parameters(), lr=options.learning_rate, weight_decay=0.02)
    run = Run(options, {"classifier": classifier}, [optimizer], learning_rate=options.learning_rate, warm_up=50)
    stream = SceneStream(run.rng, options.batch, options.workers)
    cutouts = classes = None
    for step in run.steps():
        if cutouts is None or step % 2 == 0:  # each batch twice: drawing it costs more than learning from it
            cutouts, classes = labeled_cutouts(stream.get(), encoder, decoder, device)
        with torch.autocast(device, dtype=torch.bfloat16):
            loss = F.cross_entropy(classifier(cutouts).float(), classes, label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        run.record(loss)
    classifier.eval()
    with torch.no_grad():
        batches = [labeled_cutouts(stream.get(), encoder, decoder, device) for _ in range(4)]
        best = torch.cat([classifier(cutouts).topk(5, 1).indices for cutouts, _ in batches])
    right = best == torch.cat([classes for _, classes in batches])[:, None]
    print(
        f"on fresh drawn images: top-1 {right[:, 0].float().mean():.1%}, top-5 {right.any(1).float().mean():.1%} of {len(right)}"
    )
    classifier.cpu().save(options.out)
    print(options.out)


if __name__ == "__main__":
    main()
