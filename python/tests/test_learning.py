"""Training and scoring are those of the program."""

import json
import subprocess
import sys

import pytest

import tollgate

PAGE = "<title>{0}</title><div class=a><p>{1}</p></div><div class=b><p>Read more by joining club {0}</p></div>"


@pytest.fixture()
def labelled(tmp_path):
    folder = tmp_path / "labelled"
    folder.mkdir()
    rows = ["page,selector,label"]
    for i in range(4):
        text = "The river stood high that day. " * (i + 3)
        (folder / f"{i}.html").write_text(PAGE.format(i, text))
        rows += [f"{i}.html,body,navigation", f"{i}.html,.a,content", f"{i}.html,.b,subscription"]
    (folder / "labels.csv").write_text("\n".join(rows) + "\n")
    return folder


def test_a_trained_model_has_the_bytes_of_the_programs(labelled, program, tmp_path):
    ours, theirs = tmp_path / "ours.json.gz", tmp_path / "theirs.json.gz"
    report = tollgate.train(labelled, ours, name="mine", folds=0)
    subprocess.run(
        [program, "train", labelled, "-o", theirs, "--name", "mine", "--folds", "0"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    assert ours.read_bytes() == theirs.read_bytes()
    assert (report["pages"], report["failed"], report["scorecard"]) == (4, [], None)
    assert report["blocks"]["content"] == 4 and report["base_pages"] > 100
    assert tollgate.Classifier(ours).model == "mine"


def test_a_score_is_that_of_the_program(labelled, program, tmp_path):
    card = tollgate.evaluate(labelled)
    path = tmp_path / "card.json"
    subprocess.run(
        [program, "evaluate", labelled, "--scorecard", path], check=True, stdout=subprocess.DEVNULL
    )
    assert card.pop("failed") == []
    assert card == json.loads(path.read_text())


def test_errors_have_the_programs_words(labelled, tmp_path):
    with pytest.raises(tollgate.TrainingError, match="training: "):
        tollgate.train(labelled, tmp_path / "m.json.gz", base=False, folds=2)
    with pytest.raises(tollgate.InputError, match="no page found"):
        tollgate.evaluate(tmp_path / "nothing")
    (labelled / "labels.csv").write_text("page,selector,label\n0.html,body,nonsense\n")
    with pytest.raises(tollgate.LabelsError, match="line 2"):
        tollgate.evaluate(labelled)
    with pytest.raises(ValueError, match="at least two folds"):
        tollgate.evaluate(labelled, folds=1)
    with pytest.raises(ValueError, match="folds says how many"):
        tollgate.evaluate(labelled, with_=labelled)


# trains in a process of its own, whose threads are all of its making
TRAINING = """
import os, signal, sys, threading, time
import tollgate

def threads():
    return len(os.listdir("/proc/self/task"))

labelled, model, after = sys.argv[1], sys.argv[2], float(sys.argv[3])
# a shell starts what runs in the background deaf to the signal
signal.signal(signal.SIGINT, signal.default_int_handler)
timer = threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT))
timer.start()
try:
    tollgate.train(labelled, model, folds=0)
    sys.exit("training was done before it was interrupted")
except KeyboardInterrupt:
    pass
timer.join()
if threads() == 1:
    sys.exit("nothing was going on when it was interrupted")
while threads() > 1:
    time.sleep(0.1)
"""


@pytest.mark.parametrize("after", [0.2, 2])
def test_after_ctrl_c_training_ends_and_writes_nothing(labelled, tmp_path, after):
    model = tmp_path / "m.json.gz"
    model.write_text("the model that was there")
    command = [sys.executable, "-c", TRAINING, labelled, model, str(after)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    assert model.read_text() == "the model that was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["labelled", "m.json.gz"]
