import random
import tempfile
import unittest
from pathlib import Path

from training.contact_sheet import PROMPTS
from training.models.tokenizer import END, LENGTH, START, Tokenizer, split_words, tokenizer
from training.scenes.phrases import nonsense_word
from training.scenes.vocabulary import known_words, words


class TokenizerTest(unittest.TestCase):
    def test_every_known_word_is_one_token_of_its_own(self):
        ids = [tuple(tokenizer().word_ids(word)) for word in words()]
        self.assertTrue(all(len(pieces) == 1 for pieces in ids))
        self.assertEqual(len(set(ids)), len(words()))

    def test_an_unknown_word_falls_into_pieces(self):
        rng = random.Random(0)
        for word in ["astrolabe", "zeppelin", "reddish", *(nonsense_word(rng) for _ in range(50))]:
            self.assertGreater(len(tokenizer().word_ids(word)), 1, word)

    def test_text_is_padded_to_the_fixed_length_with_the_end_token(self):
        encoded, ids = tokenizer().encode("A red circle"), tokenizer().ids
        self.assertEqual(len(encoded), LENGTH)
        self.assertEqual(encoded[0], ids[START])
        self.assertEqual(encoded[4:], [ids[END]] * (LENGTH - 4))

    def test_a_long_text_is_cut_and_still_ends(self):
        encoded = tokenizer().encode("red " * 100)
        self.assertEqual(len(encoded), LENGTH)
        self.assertEqual(encoded[-1], tokenizer().ids[END])

    def test_case_and_spacing_do_not_matter(self):
        self.assertEqual(tokenizer().encode("A  RED\n circle,"), tokenizer().encode("a red circle ,"))

    def test_a_saved_tokenizer_is_read_back(self):
        with tempfile.TemporaryDirectory() as folder:
            tokenizer().save(Path(folder))
            loaded = Tokenizer.load(Path(folder))
        self.assertEqual(loaded.encode("a fox in the zeppelin"), tokenizer().encode("a fox in the zeppelin"))

    def test_the_contact_sheet_asks_for_known_words_only(self):
        asked = {word for word in split_words(PROMPTS.read_text()) if word.isalpha()}
        self.assertEqual(asked - known_words(), set())
