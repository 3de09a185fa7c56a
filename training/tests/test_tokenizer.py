import random
import unittest

from training.tokenizer import END, LENGTH, START, encode, is_known, nonsense_word, vocabulary_ids, word_ids
from training.vocabulary import words


class TokenizerTest(unittest.TestCase):
    def test_every_known_word_is_one_token_of_its_own(self):
        ids = [word_ids(word) for word in words()]
        self.assertTrue(all(len(pieces) == 1 for pieces in ids))
        self.assertEqual(len(set(ids)), len(words()))

    def test_an_unknown_word_falls_into_pieces(self):
        rng = random.Random(0)
        for word in ["elephant", "cat", "reddish", *(nonsense_word(rng) for _ in range(50))]:
            self.assertFalse(is_known(word), word)
            self.assertGreater(len(word_ids(word)), 1, word)

    def test_text_is_padded_to_the_fixed_length_with_the_end_token(self):
        ids = vocabulary_ids()
        encoded = encode("A red circle")
        self.assertEqual(len(encoded), LENGTH)
        self.assertEqual(encoded[0], ids[START])
        self.assertEqual(encoded[4:], [ids[END]] * (LENGTH - 4))

    def test_a_long_text_is_cut_and_still_ends(self):
        encoded = encode("red " * 100)
        self.assertEqual(len(encoded), LENGTH)
        self.assertEqual(encoded[-1], vocabulary_ids()[END])

    def test_case_and_spacing_do_not_matter(self):
        self.assertEqual(encode("A  RED\n circle,"), encode("a red circle ,"))
