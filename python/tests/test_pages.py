"""What classifying a page answers, and how it looks in Python."""

import copy
import pickle

import pytest

import tollgate

HTML = "<title>A mill</title><h1>A mill</h1><p>The river stood high that day, and the wheel turned."


def test_a_page_has_typed_attributes(gated):
    page = tollgate.classify(gated, "https://given.example/a", path="a.html")
    assert (page.url, page.path, page.lang, page.encoding) == ("https://given.example/a", "a.html", "nl", "UTF-8")
    assert page.verdict == page.paywall.verdict == "hard"
    assert page.paywall.kind == "subscription" and 0.5 < page.paywall.probability <= 1
    assert page.content_status == "truncated" and page.error is None
    assert page.paywall.evidence[0].weight > 0
    blocks = page.blocks
    assert [b.index for b in blocks] == list(range(len(blocks)))
    for block in blocks:
        assert block.confidence == block.probabilities[block.label]
        assert (block.part is not None) == (block.label == "content")
        assert (block.purpose is not None) == (block.label == "subscription")
    for label in ("content", "subscription", "navigation"):
        assert page.count(label) == sum(b.label == label for b in blocks) > 0
    with pytest.raises(ValueError, match="no label"):
        page.count("prompt")


def test_numbers_are_those_of_the_json(gated):
    page = tollgate.classify(gated)
    told = page.to_dict()
    assert told["paywall"]["probability"] == page.paywall.probability
    assert [e["weight"] for e in told["paywall"]["evidence"]] == [e.weight for e in page.paywall.evidence]
    assert [b["probabilities"] for b in told["blocks"]] == [b.probabilities for b in page.blocks]


def test_the_repr_tells_what_it_is(gated):
    page = tollgate.classify(gated, path="a.html")
    assert repr(page).startswith("Page('a.html', title='") and "verdict='hard'" in repr(page)
    assert repr(page.blocks[0]).startswith("Block(index=0, label='")
    assert repr(page.paywall).startswith("Paywall(verdict='hard', probability=")
    assert repr(page.paywall.evidence[0]).startswith("Evidence(kind='")
    (failed,) = tollgate.classify_batch([b""])
    assert repr(failed) == "Page(error='empty')"
    assert repr(failed.error) == "Failure(code='empty', message='the input is empty')"
    assert repr(tollgate.Classifier()).startswith("Classifier(model='gate-")


def test_text_and_bytes_of_all_kinds_are_pages():
    expected = tollgate.classify(HTML)
    for html in (HTML.encode(), bytearray(HTML.encode()), memoryview(HTML.encode())):
        assert tollgate.classify(html) == expected
    assert tollgate.classify(HTML.replace("river", "rivi\u00e8re").encode("windows-1252")).encoding == "windows-1252"
    # half of a pair, as broken JSON gives it
    assert "river" in tollgate.classify(HTML + "\ud800").text()
    assert tollgate.classify(HTML + "\x1b$B").encoding == "UTF-8"


def test_packed_bytes_are_unpacked_as_files_are():
    import gzip

    assert tollgate.classify(gzip.compress(HTML.encode())) == tollgate.classify(HTML.encode())
    with pytest.raises(tollgate.PageError, match="damaged compressed input"):
        tollgate.classify(gzip.compress(HTML.encode())[:-9])


def test_text_and_markdown_are_the_content():
    page = tollgate.classify(HTML)
    assert page.text() == "A mill\nThe river stood high that day, and the wheel turned.\n"
    assert page.text(body=True) == "The river stood high that day, and the wheel turned.\n"
    assert page.markdown().startswith("# A mill\n\nThe river")


def test_plain_text_has_no_elements():
    page = tollgate.classify("A first line of text.\nSubscribe to read on", text=True)
    assert [b.tag for b in page.blocks] == [None, None]


def test_pages_survive_pickling(gated):
    for page in tollgate.classify_batch([gated, b"", HTML]):
        assert pickle.loads(pickle.dumps(page)) == copy.deepcopy(page) == page
        assert pickle.loads(pickle.dumps(page)).to_json() == page.to_json()
    with pytest.raises(ValueError):
        tollgate.Page.from_json("{}")


def test_a_classifier_survives_pickling():
    classifier = pickle.loads(pickle.dumps(tollgate.Classifier(max_bytes=20)))
    with pytest.raises(tollgate.PageError, match="over the limit of 20 bytes"):
        classifier.classify(HTML)


def test_errors_have_the_programs_words():
    for html, code, words in (
        (b"", "empty", "the input is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not-a-page", "not a page: the bytes look like image/png"),
    ):
        with pytest.raises(tollgate.PageError) as caught:
            tollgate.classify(html)
        assert (caught.value.code, str(caught.value)) == (code, words)
        again = pickle.loads(pickle.dumps(caught.value))
        assert (type(again), again.code, str(again)) == (tollgate.PageError, code, words)
    with pytest.raises(TypeError, match="a page is str or bytes, not int"):
        tollgate.classify(7)
    with pytest.raises(tollgate.InputError, match="nothing.json.gz"):
        tollgate.Classifier(model="nothing.json.gz")


def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "page.html").write_text(HTML)
    with pytest.raises(tollgate.ModelError, match="model .*page.html"):
        tollgate.Classifier(model=tmp_path / "page.html")


def test_limits_are_kept():
    small = tollgate.Classifier(max_blocks=1)
    (page,) = small.classify_batch([HTML])
    assert page.error.code == "too-many-blocks"
