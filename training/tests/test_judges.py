import unittest
from dataclasses import replace

from training.evaluate import judge_set, percent, perfect
from training.exporting.pipeline import to_bytes
from training.judges.geometry import judge_arrangement, judge_landscape
from training.judges.observe import at_judging_size
from training.judges.questions import SETS, landscape_scenes, shape_scenes
from training.judges.things import ThingJudge
from training.rendering.render import render
from training.scenes.sizes import SIZES
from training.scenes.things import things
from training.scenes.vocabulary import COLORS, SHAPES


def drawn(scenes):
    return [at_judging_size(image) for image in to_bytes(render(scenes, *SIZES["square"])[0])]


def judged_right(scenes):
    """Scenes and perfect images of them, without the few that the judge itself gets wrong."""
    pairs = [(scene, image) for scene, image in zip(scenes, drawn(scenes)) if all(judge_arrangement(image, scene).values())]
    assert len(pairs) >= 0.9 * len(scenes)
    return pairs


def other(options, value):
    return next(option for option in options if option != value)


class GeometryTest(unittest.TestCase):
    def test_perfect_images_are_right(self):
        self.assertGreaterEqual(len(judged_right(shape_scenes(7, 40))), 38)

    def test_an_image_of_something_else_is_wrong_in_just_that(self):
        scenes = [scene for scene in shape_scenes(8, 40) if not scene.relation and not scene.number]
        for scene, image in judged_right(scenes):
            wanted = scene.objects[0]
            verdict = judge_arrangement(image, replace(scene, objects=(replace(wanted, color=other(COLORS, wanted.color)),)))
            self.assertEqual((verdict["color"], verdict["shape"]), (False, True))
            verdict = judge_arrangement(image, replace(scene, objects=(replace(wanted, shape=other(SHAPES, wanted.shape)),)))
            self.assertEqual((verdict["color"], verdict["shape"]), (True, False))

    def test_two_objects_in_the_wrong_order_are_wrong(self):
        def looks(one):
            return one.color, one.shape

        scenes = [scene for scene in shape_scenes(9, 60) if scene.relation]
        scenes = [scene for scene in scenes if len({looks(one) for one in scene.objects}) == 2]
        for scene, image in judged_right(scenes):
            self.assertFalse(judge_arrangement(image, replace(scene, objects=scene.objects[::-1]))["pair"])

    def test_a_number_that_was_not_asked_for_is_wrong(self):
        scenes = [scene for scene in shape_scenes(10, 60) if scene.number]
        for scene, image in zip(scenes, drawn(scenes)):
            self.assertFalse(judge_arrangement(image, replace(scene, number=scene.number + 1))["count"])

    def test_landscapes_are_right_and_what_is_missing_is_missed(self):
        scenes = landscape_scenes(11, 30)
        for scene, image in zip(scenes, drawn(scenes)):
            self.assertNotIn(False, judge_landscape(image, scene).values(), scene)
        asked = replace(scenes[0], sky="night", sky_features=("moon",), land_features=(), shape=None)
        self.assertFalse(judge_landscape(drawn([replace(asked, sky_features=())])[0], asked)["scene: moon"])


class ThingsTest(unittest.TestCase):
    judge = ThingJudge()

    def test_it_is_right_on_most_perfect_images(self):
        asked = SETS["single"]
        rows = judge_set(asked, asked.questions(3, 50), perfect, self.judge, verbose=False)
        self.assertGreater(percent(rows["one thing: top-1"]), 80)
        self.assertGreater(percent(rows["one thing: top-5"]), 90)
        self.assertEqual(percent(rows["one thing: background"]), 100)

    def test_another_thing_than_the_one_drawn_is_wrong(self):
        questions = SETS["single"].questions(4, 20)
        icons = list(things())
        for question, image in zip(questions, perfect(questions, [])):
            one = question.scene.objects[0]
            swapped = replace(one, shape=icons[(icons.index(one.shape) + 400) % len(icons)])
            self.assertFalse(self.judge.judge(image, replace(question.scene, objects=(swapped,)))["top-1"])

    def test_every_set_asks_in_its_size_and_the_same_again(self):
        for name, asked in SETS.items():
            questions = asked.questions(0, 8)
            self.assertEqual(questions, asked.questions(0, 8))
            self.assertEqual(len(questions), 8, name)
        self.assertEqual(SETS["tall-single"].questions(0, 1)[0].size, SIZES["tall"])
        self.assertTrue(all(q.scene.background_texture != "plain" for q in SETS["textured"].questions(0, 8)))

    def test_synonyms_are_asked_for_by_another_name(self):
        for question in SETS["synonyms"].questions(0, 8):
            names = things()[question.scene.objects[0].shape].names
            self.assertTrue(any(name in question.prompt for name in names[1:]), question.prompt)
