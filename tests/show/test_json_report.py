"""The JSON report is written as the standard library writes it, only sooner."""

import json

from hypothesis import given
from hypothesis import strategies as st

from hayai.show.format import is_hidden
from hayai.show.json_report import indented, visible

texts = st.text(st.characters(codec=None, categories=None), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(texts, values, max_size=4))
def test_a_document_is_indented_as_json_does_it(document: dict[str, object]) -> None:
    """Lone surrogates, very small and very large numbers and empty lists included."""
    assert indented(document) == json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)


@given(texts)
def test_what_is_hidden_is_escaped_whatever_stands_beside_it(text: str) -> None:
    """And the document still says the same."""
    told = visible(indented({"text": text, "list": [1]}))
    assert not any(map(is_hidden, told.replace("\n", "")))
    assert json.loads(told) == {"text": text, "list": [1]}
