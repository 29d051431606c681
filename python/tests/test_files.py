"""Files and archives, page by page."""

import io
import json
import multiprocessing
import subprocess
import time

import pytest

import tollgate

HTML = "<title>Page {0}</title><h1>Page {0}</h1><p>The river stood high that day, and the wheel turned."


def warc(n: int) -> bytes:
    out = b""
    for i in range(n):
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML.format(i).encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/{i}\r\n"
            f"WARC-Date: 2026-01-0{i % 9 + 1}T00:00:00Z\r\nContent-Length: {len(block)}\r\n\r\n"
        )
        out += head.encode() + block + b"\r\n\r\n"
    return out


def test_archives_are_read_page_by_page_with_name_address_and_date(tmp_path):
    path = tmp_path / "a.warc"
    path.write_bytes(warc(30))
    pages = list(tollgate.classify_files(path))
    assert [page.path for page in pages] == [f"{path}#{i + 1}" for i in range(30)]
    assert [page.url for page in pages] == [f"https://a.example/{i}" for i in range(30)]
    assert pages[2].date == "2026-01-03T00:00:00Z"


def test_open_files_are_read_as_paths_are(tmp_path):
    path = tmp_path / "a.warc"
    path.write_bytes(warc(30))
    expected = list(tollgate.classify_files(path))
    with path.open("rb") as file:
        assert list(tollgate.classify_files(file)) == expected
    assert list(tollgate.classify_files(io.BytesIO(warc(30)), name=str(path))) == expected


def test_parts_hold_each_page_once(tmp_path):
    whole = list(tollgate.classify_files(io.BytesIO(warc(31)), name="a"))
    parts = [list(tollgate.classify_files(io.BytesIO(warc(31)), name="a", shard=(k, 4))) for k in range(4)]
    assert sorted((p.path for part in parts for p in part)) == sorted(p.path for p in whole)
    assert [len(part) for part in parts] == [8, 8, 8, 7]
    with pytest.raises(ValueError, match="no part 4 of 4"):
        tollgate.classify_files("a", shard=(4, 4))


def test_what_a_file_raises_is_raised():
    class Torn(io.RawIOBase):
        def __init__(self):
            self.calls = 0

        def read(self, n=-1):
            self.calls += 1
            if self.calls > 1:
                raise ConnectionError("the line is dead")
            return warc(3)

    with pytest.raises(ConnectionError, match="the line is dead"):
        list(tollgate.classify_files(Torn(), name="a.warc"))


def test_what_can_not_be_read_is_a_page_with_an_error(tmp_path):
    (page,) = tollgate.classify_files(tmp_path / "nothing.html")
    assert page.error.code == "no-input"
    with pytest.raises(TypeError, match="a path or a binary file, not int"):
        tollgate.classify_files(7)


def test_reading_ends_when_nobody_wants_more(tmp_path):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, n=-1):
            self.given += 1
            return warc(50)

    endless = Endless()
    pages = tollgate.classify_files(endless, name="a.warc")
    assert next(pages).error is None
    pages.close()
    time.sleep(0.3)
    given = endless.given
    time.sleep(0.3)
    assert endless.given == given
    with pytest.raises(StopIteration):
        next(pages)


def test_an_open_file_is_what_its_name_says(tmp_path):
    lines = "A mill\n\nThe river <b>stood</b> high that day, and the wheel turned.\n"
    path = tmp_path / "a.txt"
    path.write_text(lines)
    (expected,) = tollgate.classify_files(path)
    with path.open("rb") as file:
        assert list(tollgate.classify_files(file)) == [expected]
    assert list(tollgate.classify_files(io.BytesIO(lines.encode()), name=str(path))) == [expected]
    assert expected.blocks[-1].tag is None and "<b>" in expected.blocks[-1].text
    (html,) = tollgate.classify_files(io.BytesIO(lines.encode()), name="a.html")
    assert "<b>" not in html.blocks[-1].text


def test_names_are_for_one_open_file():
    with pytest.raises(ValueError, match="a single open file"):
        tollgate.classify_files([io.BytesIO(b""), io.BytesIO(b"")], name="a")


def test_what_can_not_be_read_within_a_folder_bears_its_own_name(program, tmp_path):
    (tmp_path / "good.html").write_text(HTML.format(1))
    (tmp_path / "none.html").symlink_to(tmp_path / "nowhere.html")
    run = subprocess.run([program, "classify", "-q", "-f", "jsonl", tmp_path], stdout=subprocess.PIPE, check=False)
    theirs = [json.loads(line) for line in run.stdout.splitlines()]
    assert [page.to_dict() for page in tollgate.classify_files(tmp_path)] == theirs
    assert sorted(page["path"] for page in theirs) == [str(tmp_path / "good.html"), str(tmp_path / "none.html")]


_PAGES = None


def _go_on(_):
    try:
        next(_PAGES)
    except RuntimeError as error:
        _PAGES.close()
        return str(error)
    return "a page"


def test_pages_of_another_process_are_refused():
    global _PAGES
    _PAGES = tollgate.classify_files(io.BytesIO(warc(30)), name="a.warc")
    next(_PAGES)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        said = pool.map_async(_go_on, [0]).get(timeout=60)
    assert "threads of another process" in said[0]
    # the parent's go on
    assert len(list(_PAGES)) == 29
    _PAGES = None
