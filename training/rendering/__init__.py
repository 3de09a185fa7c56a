"""Scenes to images: outlines, textures and icons, painted in layers."""
