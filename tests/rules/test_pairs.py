"""Which rules are compared at all."""

from __future__ import annotations

from aicensus.rules.differences import differences
from aicensus.rules.pairs import BLOCK, candidates
from tests.rules.reading import form


def test_rules_that_share_what_is_rare() -> None:
    forms = [
        form(text) for text in ("Refund faulty lamps.", "Reimburse lamps that are broken.", "Encrypt backups.", "Greet callers by name.")
    ]
    assert candidates(forms).pairs == [(0, 1)]


def test_large_blocks_are_cut_and_what_is_left_out_is_counted() -> None:
    forms = [form(f"Refund lamp number {number} of the blue series.") for number in range(BLOCK * 4)]
    found = candidates(forms)
    everything = len(forms) * (len(forms) - 1) // 2
    assert 0 < len(found.pairs) < everything
    assert found.skipped >= everything - len(found.pairs)


def test_differences_join_to_the_texts() -> None:
    first, second = "Refund within 30 days.", "Refund within 14 working days."
    pieces = list(differences(first, second))
    assert "".join(piece.text for piece in pieces if piece.where != "second") == first
    assert "".join(piece.text for piece in pieces if piece.where != "first") == second
    assert [piece.text for piece in pieces if piece.where == "first"] == ["30"]
