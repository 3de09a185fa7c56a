"""The native sizes, width by height in pixels: multiples of 32, since the UNet halves latents of an eighth of the side twice."""

Size = tuple[int, int]

SIZES: dict[str, Size] = {"square": (192, 192), "wide": (256, 160), "tall": (160, 256), "small": (128, 128)}
# Of the training: of steps as of images drawn.
SHARES: dict[str, float] = {"square": 0.55, "wide": 0.17, "tall": 0.17, "small": 0.11}
