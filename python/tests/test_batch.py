"""Batches: order, bad rows, threads, Ctrl-C, processes."""

import multiprocessing
import os
import signal
import threading
import time

import pytest

import tollgate

HTML = "<title>Page {0}</title><h1>Page {0}</h1><p>The river stood high that day, and the wheel turned."


def pages(n):
    return [HTML.format(i) for i in range(n)]


def test_answers_stand_in_the_order_of_the_pages():
    for jobs in (0, 1, 3):
        batch = tollgate.classify_batch(pages(100), jobs=jobs)
        assert [page.title for page in batch] == [f"Page {i}" for i in range(100)]
    assert tollgate.classify_batch([]) == []


def test_any_iterable_will_do_and_addresses_go_along():
    urls = (f"https://a.example/{i}" if i else None for i in range(3))
    batch = tollgate.classify_batch(iter(pages(3)), urls, paths=["a", "b", None])
    assert [page.url for page in batch] == [None, "https://a.example/1", "https://a.example/2"]
    assert [page.path for page in batch] == ["a", "b", None]


def test_a_bad_page_is_a_row_with_an_error():
    batch = tollgate.classify_batch([HTML, b"", None, b"%PDF-1.4 \0\1", HTML], paths=list("abcde"))
    assert [page.error and page.error.code for page in batch] == [None, "empty", "empty", "not-a-page", None]
    assert [page.path for page in batch] == list("abcde")


def test_what_is_no_page_at_all_is_a_mistake_of_the_caller():
    with pytest.raises(TypeError, match="not int"):
        tollgate.classify_batch([HTML, 7])
    with pytest.raises(ValueError, match="1 urls for 2 pages"):
        tollgate.classify_batch(pages(2), ["https://a.example/"])


def test_other_threads_run_meanwhile(gated):
    counted, stop = 0, threading.Event()

    def count():
        nonlocal counted
        while not stop.wait(0.001):
            counted += 1

    counter = threading.Thread(target=count)
    counter.start()
    begun = time.perf_counter()
    tollgate.classify_batch([gated] * 300, jobs=1)
    seconds = time.perf_counter() - begun
    stop.set()
    counter.join()
    # a held lock would leave it at a few
    assert counted > 100 * seconds


@pytest.mark.parametrize("way", ["batch", "arrow", "files"])
def test_ctrl_c_ends_a_batch_early(way, gated, tmp_path):
    many = [gated] * 20_000
    # made before the signal comes: an import that it falls into may swallow it
    table = pytest.importorskip("pyarrow").table({"html": many})

    def work():
        if way == "batch":
            tollgate.classify_batch(many)
        elif way == "arrow":
            tollgate.classify_arrow(table)
        else:
            import io
            import json

            line = json.dumps({"html": gated.decode()}).encode() + b"\n"
            for _ in tollgate.classify_files(io.BytesIO(line * 20_000), name="a.jsonl"):
                pass

    # a shell starts what runs in the background deaf to the signal
    signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    begun = time.perf_counter()
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        work()
    assert time.perf_counter() - begun < 5


def _label(html):
    return [page.title for page in tollgate.classify_batch([html] * 20, jobs=2)]


def test_a_forked_process_has_threads_of_its_own():
    tollgate.classify_batch(pages(20), jobs=2)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        answers = pool.map_async(_label, pages(4)).get(timeout=60)
    assert answers == [[f"Page {i}"] * 20 for i in range(4)]


def _blocks(html):
    return len(tollgate.classify(html).blocks)


def test_a_forked_process_labels_very_large_pages_too():
    # the parts of such a page are labelled on many threads
    large = HTML.format(1) + "<p>A line of text that fills the page.</p><p>And another." * 20_000
    expected = _blocks(large)
    assert expected > 40_000
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(_blocks, [large] * 2).get(timeout=120) == [expected] * 2


def test_pages_go_from_process_to_process():
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        got = pool.apply_async(tollgate.classify, (HTML.format(1),)).get(timeout=60)
    assert got == tollgate.classify(HTML.format(1))
