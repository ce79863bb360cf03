"""Each fault of a file is told once, with the line of what is wrong, in words of the format's page."""

from pathlib import Path

import pytest

from shared.procedure.editions import ACTS, InvalidRegulation, load_file

KARAGANDA = ACTS / "karaganda-2019"


def refused(tmp_path: Path, name: str, old: str, new: str) -> tuple[list[str], int]:
    """What is told of a copy of Karaganda's data with something else in this file, each with its line; and the line changed."""
    for file in ("act.yaml", "new-business-ideas.yaml"):
        (tmp_path / file).write_text((KARAGANDA / file).read_text())
    text = (tmp_path / name).read_text()
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1))
    with pytest.raises(InvalidRegulation) as bad:
        load_file(tmp_path / "new-business-ideas.yaml")
    assert {error.path.name for error in bad.value.errors} == {name}
    return [f"{e.line}: {e.where}: {e.what}" for e in bad.value.errors], text[: text.index(old)].count("\n") + 1


class TestAFault:
    @pytest.mark.parametrize(
        ("old", "new", "place", "says"),
        [
            ("executor, after: [check.admitted]", "executor, after: [chek.admitted]", "actions.2.steps.0.after.0",
             "chek.admitted: there is no step chek; those there are: register, check, "),
            ("executor, after: [check.admitted]", "executor, after: [check.accepted]", "actions.2.steps.0.after.0",
             "check.accepted: a step of this kind never ends accepted; write one of: admitted, refused"),
            ("from: {first: register}", "from: {first: registered}", "actions.1.from.first",
             "there is no step registered; those there are: register,"),
            ("parts_from: draw-protocol", "parts_from: drawn", "actions.5.steps.0.parts_from", "there is no step drawn;"),
            ("{kind: sit, role: secretary, after: [convene]}", "{kind: convene, role: secretary, after: [convene]}",
             "actions.3.steps.0", "two steps have the same code, convene; give one of them a code of its own"),
            ("until: [check.refused, decide]", "until: [checked]", "withdrawal.until.0", "checked: there is no step checked;"),
            ("kind: convene, role: executor", "kind: convene, role: deputy-head", "actions.2.steps.0.role",
             "deputy-head can't do convene; name chancellery or executor or head or secretary"),
        ],
    )  # fmt: skip
    def test_of_a_step_that_is_named_has_the_line_of_the_name(
        self, tmp_path: Path, old: str, new: str, place: str, says: str
    ) -> None:
        told, line = refused(tmp_path, "new-business-ideas.yaml", old, new)
        assert [one for one in told if one.startswith(f"{line}: {place}: {says}")]

    @pytest.mark.parametrize(
        ("name", "old", "new", "says"),
        [
            ("act.yaml", "zone: Asia/Almaty", "zone: Asia/Aktau",
             "zone: unknown time zone 'Asia/Aktau'; use a name of the tz database such as Asia/Almaty"),
            ("act.yaml", "calendar: kz-2015", "calendar: kz-2024", "calendar: unknown calendar 'kz-2024'; known: kz-2015"),
            ("new-business-ideas.yaml", "kind: convene,", "kind: resolve,",
             "actions.2.steps.0.kind: unknown kind resolve; known: register, assign, check, send, examine, convene, sit, "
             "decide, draw-protocol, sign-protocol, approve-protocol, prepare-result, sign-result, register-result, issue, "
             "sign-contract, notify"),
            ("new-business-ideas.yaml", 'paragraph: "§5.3"', 'paragraph: "paragraph 5"',
             "actions.2.paragraph: 'paragraph 5' isn't written so: write a paragraph as §5.3, or as annex 2 §8.2 where it "
             "stands in another part"),
        ],
    )  # fmt: skip
    def test_of_a_word_is_told_once_in_its_line(self, tmp_path: Path, name: str, old: str, new: str, says: str) -> None:
        told, line = refused(tmp_path, name, old, new)
        assert told == [f"{line}: {says}"]

    def test_of_a_role_names_those_of_a_procedure(self, tmp_path: Path) -> None:
        new = "extension: {role: deputy-head, actions: {check: {working_days: 9}}, assumed: true}\nresult: contract"
        told, line = refused(tmp_path, "new-business-ideas.yaml", "result: contract", new)
        assert told == [
            f"{line}: extension.role: nobody here is called deputy-head; those there are: chancellery, executor, head, "
            "secretary, institute-expert, member, chair, system, financial-agency, institute-head, applicant"
        ]
