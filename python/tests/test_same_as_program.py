"""The package answers what the program answers, byte for byte."""

import json
import subprocess
import sys
from pathlib import Path

import tollgate


def lines(program: str, *args: object) -> list[bytes]:
    run = subprocess.run(
        [program, "classify", "-q", "-f", "jsonl", *map(str, args)], stdout=subprocess.PIPE, check=False
    )
    assert run.returncode in (0, 2)
    return run.stdout.splitlines()


def check_same(program: str, pages: list[Path], tmp_path: Path) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("".join(f"{page}\n" for page in pages))
    expected = lines(program, "--files-from", listed)
    assert len(expected) == len(pages)
    contents = [page.read_bytes() for page in pages]
    names = [str(page) for page in pages]
    batch = tollgate.classify_batch(contents, paths=names, jobs=2)
    streamed = list(tollgate.classify_files([str(page) for page in pages]))
    assert len(batch) == len(streamed) == len(pages)
    for line, content, name, of_batch, of_file in zip(expected, contents, names, batch, streamed):
        assert of_batch.to_json().encode() == line, name
        assert of_file.to_json().encode() == line, name
        if of_batch.error is None:
            assert tollgate.classify(content, path=name).to_json().encode() == line, name
        labels = [block["label"] for block in json.loads(line)["blocks"]]
        assert [block.label for block in of_batch.blocks] == labels, name


def test_our_pages_have_the_bytes_of_the_program(program, own_pages, tmp_path):
    check_same(program, own_pages, tmp_path)


def test_500_corpus_pages_have_the_bytes_of_the_program(program, corpus_pages, tmp_path):
    check_same(program, corpus_pages, tmp_path)


def test_bad_pages_have_the_bytes_of_the_program(program, tmp_path):
    bad = {"empty.html": b"  ", "cut.html.gz": b"\x1f\x8b\x08\0\0", "picture.html": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"}
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    check_same(program, [tmp_path / name for name in bad], tmp_path)


def test_arrow_rows_are_those_of_the_programs_parquet(program, own_pages, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    contents = [page.read_bytes() for page in own_pages]
    urls = [f"https://site{i % 7}.example/{i}" if i % 3 else None for i in range(len(contents))]
    table = pa.table({"page": contents, "address": urls})
    pq.write_table(table, tmp_path / "in.parquet")
    args = ["--html-column", "page", "--url-column", "address", "-o", tmp_path / "out.parquet"]
    subprocess.run([program, "classify", "-q", tmp_path / "in.parquet", *args], check=True)
    expected = pq.read_table(tmp_path / "out.parquet").drop_columns("path")
    got = tollgate.classify_arrow(table, "page", "address")
    assert pa.Table.from_batches([got]).drop_columns("path").equals(expected)


def test_the_module_is_the_program(program, tmp_path, gated):
    (tmp_path / "page.html").write_bytes(gated)
    (tmp_path / "empty.html").write_bytes(b"")
    module = [sys.executable, "-m", "tollgate"]
    for args in (
        ["--version"],
        ["--help"],
        ["classify", "--help"],
        ["classify", "page.html", "-f", "csv"],
        ["classify", "page.html", "empty.html", "-f", "table"],
        ["classify", "page.html", "--fail-on", "hard", "-f", "text"],
        ["classify", "nothing.html"],
        ["explain", "page.html", "--block", "3"],
        ["nonsense"],
    ):
        run = lambda command: subprocess.run([*command, *args], cwd=tmp_path, capture_output=True, check=False)
        ours, theirs = run(module), run([program])
        assert ours.stdout == theirs.stdout, args
        assert ours.stderr == theirs.stderr, args
        assert ours.returncode == theirs.returncode, args


def test_standard_input_is_read_and_a_closed_pipe_is_no_failure(program, own_pages, tmp_path):
    command = [sys.executable, "-m", "tollgate", "classify", "-", "-f", "jsonl"]
    run = subprocess.run(command, input=own_pages[0].read_bytes(), stdout=subprocess.PIPE, check=True)
    assert json.loads(run.stdout)["path"] == "-"
    shell = f"set -o pipefail; '{sys.executable}' -m tollgate classify '{own_pages[0].parent}' -f jsonl | head -c 10"
    closed = subprocess.run(["bash", "-c", shell], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")
