"""A character of the right sound and the wrong meaning is written right; what was surely heard, typed, or a number stays."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.language import pinyin, with_homophones
from qa.language.characters import CharacterModel
from qa.language.homophones import MODEL, Homophones, load_homophones
from qa.language.train_characters import mandarin_texts
from qa.model import Call, Conversation, Language, ModelUnavailable, SpeakerRole, Turn, Word

UNSURE = 0.3


def heard(text: str, confidence: float = UNSURE, language: Language = "zh") -> Conversation:
    """One turn, a word for each character, half a second each; punctuation goes to the word before it."""
    words: list[Word] = []
    for character in text:
        if words and not character.isalnum():
            words[-1] = words[-1].model_copy(update={"text": words[-1].text + character})
        else:
            start_s = 0.5 * len(words)
            words.append(Word(text=character, start_s=start_s, end_s=start_s + 0.5, confidence=confidence))
    turn = Turn(index=0, role=SpeakerRole.AGENT, text=text, words=tuple(words))
    return Conversation(call=Call(call_id="c", language=language), turns=(turn,))


def written(text: str, confidence: float = UNSURE, names: tuple[str, ...] = ()) -> str:
    return with_homophones(heard(text, confidence), names).turns[0].text


@pytest.mark.parametrize(
    ("misheard", "right"),
    [
        ("您这个月的张单是", "您这个月的账单是"),
        ("我是客服中心的公号一二三", "我是客服中心的工号一二三"),
        ("请问还款日式哪天", "请问还款日是哪天"),
        ("麻烦您说一下身分正后四位", "麻烦您说一下身份证后四位"),
        ("不影响您的信用纪录", "不影响您的信用记录"),
        ("手需费是多少？", "手续费是多少？"),
        ("請問您的賬單", "请问您的账单"),  # simplified first
    ],
)
def test_wrong_characters_of_the_right_sound(misheard: str, right: str) -> None:
    assert written(misheard) == right


def test_what_was_surely_heard_stays() -> None:
    assert written("您这个月的张单是", confidence=0.99) == "您这个月的张单是"


def test_numbers_stay_as_they_were_heard() -> None:
    assert written("尾号是一旧三六") in {"尾号是一旧三六", "尾号是一就三六"}
    assert written("四百六十八元") == "四百六十八元"


def test_a_name_that_is_expected_is_written_as_it_is_spelt() -> None:
    assert written("我是林月，很高兴", names=("林悦",)) == "我是林悦，很高兴"
    assert written("我是林月，很高兴", confidence=0.99, names=("林悦",)) == "我是林月，很高兴"
    assert written("我是林月，很高兴", names=("Grace", "")) == written("我是林月，很高兴")


def test_words_keep_times_and_confidences_and_follow_the_text() -> None:
    before = heard("您这个月的张单，是多少？").turns[0]
    after = with_homophones(heard("您这个月的张单，是多少？")).turns[0]
    assert "".join(word.text for word in after.words) == after.text == "您这个月的账单，是多少？"
    assert [(w.start_s, w.end_s, w.confidence) for w in after.words] == [
        (w.start_s, w.end_s, w.confidence) for w in before.words
    ]


def test_typed_text_and_english_stay() -> None:
    typed = heard("您这个月的张单是").turns[0].model_copy(update={"words": ()})
    conversation = heard("张单").model_copy(update={"turns": (typed,)})
    assert with_homophones(conversation).turns == (typed,)
    english = heard("a bill", language="en")
    assert with_homophones(english) is english


def test_words_that_are_not_the_text_are_left_alone() -> None:
    turn = heard("张单").turns[0].model_copy(update={"text": "您这个月的张单是"})
    conversation = heard("张单").model_copy(update={"turns": (turn,)})
    assert with_homophones(conversation).turns == (turn,)


@given(st.text("账张单是式您的款海还一二钱前嗯哦乐购", max_size=14), st.floats(0, 1))
def test_no_character_is_added_or_lost_and_the_sound_stays_close(text: str, confidence: float) -> None:
    found = load_homophones().rewritten(text, [confidence] * len(text))
    assert len(found) == len(text)
    assert [c for c in found if c in "一二"] == [c for c in text if c in "一二"]


def test_the_sound_of_a_change_is_the_same_or_close() -> None:
    assert pinyin(written("您这个月的张单是")) == pinyin("您这个月的张单是")


def test_probabilities_after_any_context_are_shared_among_the_alphabet() -> None:
    model = CharacterModel.counted(["账单多少", "账单到了", "单子"])
    for before in ("", "^", "账", "^账", "没见"):
        shares = [math.exp(model.log_probability(before, character)) for character in "账单多少到了子$"]
        unseen = math.exp(model.log_probability(before, "龙"))
        assert sum(shares) + unseen < 1
        assert unseen > 0
    assert model.log_probability("^账", "单") > model.log_probability("^账", "多")


def test_the_model_survives_its_document() -> None:
    model = CharacterModel.counted(["账单多少", "账单到了，单子"])
    again = CharacterModel.from_document(json.loads(json.dumps(model.to_document())))
    assert again.to_document() == model.to_document()
    assert again.log_probability("账", "单") == model.log_probability("账", "单")


def test_characters_without_a_sound_stay() -> None:
    assert written("您这个月的张单㐂㐂是") == "您这个月的账单㐂㐂是"


def test_minutes_without_a_pause_are_written_in_parts() -> None:
    found = written("您这个月的张单是" * 500)
    assert len(found) == 8 * 500
    assert found.count("账单") > 480


def test_the_model_does_not_remember_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.language.characters._REMEMBERED", 3)
    model = CharacterModel.counted(["账单多少"])
    before = [model.log_probability("账", each) for each in "账单多少到"]
    assert [model.log_probability("账", each) for each in "账单多少到"] == before
    assert len(model._known) <= 3


def test_a_sound_that_was_never_seen_offers_nothing() -> None:
    assert Homophones(CharacterModel.counted([])).rewritten("张单", [0.1, 0.1]) == "张单"


def test_the_shipped_counts_are_those_of_the_written_sentences() -> None:
    counted = CharacterModel.counted(mandarin_texts()).to_document()
    assert json.loads(json.dumps(counted)) == json.loads(MODEL.read_bytes())


def test_a_missing_or_foreign_model_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    from pathlib import Path

    import qa.language.homophones as module

    load_homophones.cache_clear()
    monkeypatch.setattr(module, "MODEL", Path(str(tmp_path)) / "none.json")
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        load_homophones()
    (Path(str(tmp_path)) / "none.json").write_text('{"schema": "other"}')
    with pytest.raises(ModelUnavailable, match="another kind"):
        load_homophones()
    monkeypatch.undo()
    load_homophones.cache_clear()
