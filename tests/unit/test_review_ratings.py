"""RATINGS.csv: what is read, and what is refused with file, row and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.model import UsageError
from qa.review.ratings import read_ratings
from scoring.agreement import agreement_report

HEADER = "item,criterion,rater,rating\n"


def write(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "r.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_words_numbers_and_missing_ratings(tmp_path: Path) -> None:
    table = read_ratings(
        write(tmp_path, HEADER + "a,x,r1,met\na,x,r2, Not_Met \nb,x,r1,\na,y,r1,3\na,y,r2,3.0\nb,y,r1,-1.5e1\n")
    )
    assert table.criteria == ("x", "y")
    assert [table.labels[code] for code in table.code] == ["met", "not_met", "3", "3", "-15"]
    assert table.item.tolist() == [0, 0, 0, 0, 1]
    assert table.mixed


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + HEADER.encode() + b"a,x,r1,met\n",
        (HEADER + "a,x,r1,met\n").replace("\n", "\r\n").encode(),
        "rating,note,rater,criterion,item\nmet,很好,r1,x,a\n".encode("gb18030"),
        (HEADER.upper() + '\n"a","x","r1","met"\n').encode(),
    ],
    ids=["byte-order mark", "Windows line ends", "other columns, other order, GB18030", "capitals, quotes, empty line"],
)
def test_files_as_spreadsheets_write_them(tmp_path: Path, text: bytes) -> None:
    table = read_ratings(write(tmp_path, text))
    assert (table.criteria, [table.labels[code] for code in table.code]) == (("x",), ["met"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "row 1: column 'item' is missing"),
        ("item,criterion,rater,score\na,x,r1,met\n",
         "row 1: column 'rating' is missing; the header reads 'item,criterion,rater,score'"),
        ("item,item,criterion,rater,rating\n", "row 1: column 'item' stands twice"),
        (HEADER, "holds no rating"),
        (HEADER + "a,x,r1,\n", "holds no rating"),
        (HEADER + "a,x,r1\n", "row 2: the row has 3 cells; expected 4"),
        (HEADER + "a,x,r1,3,5\n", "row 2: the row has 5 cells; expected 4, as in the header. A comma"),
        (HEADER + "a,x,r1,met\n,x,r1,met\n", "row 3, column 'item': the cell is empty"),
        (HEADER + "a, ,r1,met\n", "row 2, column 'criterion': the cell is empty"),
        (HEADER + "a,x,r1,good\n", "row 2, column 'rating': 'good'; expected met, partially_met, not_met, not_applicable"),
        (HEADER + "a,x,r1,=1+1\n", "row 2, column 'rating': '=1+1'; expected"),
        (HEADER + '"=HYPERLINK(""u"")",x,r1,met\n', "row 2, column 'item': '=HYPERLINK(\"u\")' is a formula"),
        (HEADER + "a,x,r1,nan\n", "column 'rating': 'nan'"),
        (HEADER + "a,x,r1,1e999\n", "column 'rating': '1e999'"),
        (HEADER + "a,x,r1,1_000\n", "column 'rating': '1_000'"),
        (HEADER + "a,x,r1,\uff13\n", "column 'rating'"),
        (HEADER + "a,x,r1,met\nb,x,r1,3\n", "row 3, column 'rating': '3'; expected outcome words, as above under criterion 'x'"),
        (HEADER + "a,x,r1,3\nb,x,r1,met\n", "row 3, column 'rating': 'met'; expected numbers, as above under criterion 'x'"),
        (HEADER + "a,x,r1,met\nb,x,r1,met\nb,x,r1,met\na,x,r1,not_met\n",
         "row 4, column 'rater': rater 'r1' has rated item 'b' under 'x' already in row 3"),
        (HEADER + "a,x,r1,met\na,x,r1,\n", "row 3, column 'rater': rater 'r1' has rated item 'a'"),
        (HEADER + 'a,x,r1,"met\n', "not readable as CSV"),
        (HEADER + 'a,x,r1,"met"oops\n', "row 2: not readable as CSV"),
        (HEADER + f"a,x,r1,{'z' * 500}\n", "zzz…'"),
        (HEADER + f"{'z' * 200_000},x,r1,met\n", "row 2: not readable as CSV (field larger"),
        (b"PK\x03\x04rest", "this is a workbook; expected CSV. Save it as CSV UTF-8."),
        (b"\xff\xfe\x00\x01\x81", "is not text"),
        ((HEADER + "a,x,r1,met\n").encode("utf-16"), "is not text"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, text: str | bytes, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        read_ratings(path)
    assert str(caught.value).startswith(str(path))
    assert says in str(caught.value)
    assert len(str(caught.value)) < 400 + len(str(path))


def test_numbers_off_the_scale_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "a,x,r1,1\na,x,r2,5\nb,x,r1,6\n")
    with pytest.raises(UsageError, match=r"row 4, column 'rating': '6'; expected a number from 1 to 5"):
        read_ratings(path, scale=(1, 5))
    assert read_ratings(path, scale=(1, 6)).labels[-1] == "6"


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_ratings(tmp_path / "none.csv")


def test_overall_counts_a_call_once_however_many_criteria_it_has(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    lines = []
    for item in range(30):
        for criterion in range(8):  # the same answers under every criterion: eight times the rows, nothing new
            for rater in ("r1", "r2"):
                word = "met" if (item * 7 + (rater == "r2" and item % 5 == 0)) % 2 else "not_met"
                lines.append(f"i{item},c{criterion},{rater},{word}")
    rng.shuffle(lines)
    report = agreement_report(read_ratings(write(tmp_path, HEADER + "\n".join(lines) + "\n")))
    one, all_of_them = report.criteria["c0"].estimates["cohen_kappa"], report.overall.estimates["cohen_kappa"]
    assert report.overall.n_items == report.criteria["c0"].n_items == 30
    assert (one.n, all_of_them.n) == (30, 240)
    assert one.value == all_of_them.value
    assert one.low is not None and one.high is not None and all_of_them.low is not None and all_of_them.high is not None
    # As wide as that of one criterion, but for the made-up units that weigh less beside 240.
    assert 0.6 < (all_of_them.high - all_of_them.low) / (one.high - one.low) < 1.1


def test_words_and_numbers_in_one_file_have_no_common_order(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "a,x,r1,met\na,x,r2,met\na,y,r1,1\na,y,r2,2\n")
    overall = agreement_report(read_ratings(path)).overall.estimates
    assert overall["percent_agreement"].value == 0.5
    assert overall["gwet_ac2"].reason == overall["icc_2_1"].reason == "mixed_scales"
