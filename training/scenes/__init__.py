"""What an image shows, before any pixel: words, things by name, random scenes and their captions."""
