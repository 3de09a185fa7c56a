"""Where an autoencoder comes from: an ONNX folder, or what `train_autoencoder` left."""

from pathlib import Path

from ..learning.checkpoint import load_checkpoint
from ..models.autoencoder import Decoder, Encoder
from .read_weights import load_network


def load_autoencoder(source: Path) -> tuple[Encoder, Decoder]:
    """In evaluation mode, on the CPU."""
    encoder, decoder = Encoder(), Decoder()
    if source.is_dir():
        load_network("vae_encoder", encoder, source)
        load_network("vae_decoder", decoder, source)
    else:
        saved = load_checkpoint(source)
        encoder.load_state_dict(saved["encoder"])
        decoder.load_state_dict(saved["decoder"])
    return encoder.eval(), decoder.eval()
