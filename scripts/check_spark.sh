#!/usr/bin/env bash
# A real Spark standalone cluster on loopback, one master and two workers as processes, labels a crawl of 5,000
# records: first undisturbed, then with one worker killed in the middle. Both times the output must hold each
# page exactly once, equal to the program's. Starts and stops all processes itself.
# usage: scripts/check_spark.sh PROGRAM WHEEL
# PYTHON (default python3) needs pyspark, pyarrow, pandas and venv-pack: python/requirements-check.txt.
set -euo pipefail
program=$(realpath "$1") wheel=$(realpath "$2")
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
work=$(mktemp -d)
started=()
stop() {
    for pid in "${started[@]}"; do
        kill -9 $(pgrep -P "$pid" 2>/dev/null) "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

command -v java > /dev/null || { apt-get update -qq && apt-get install -y -qq openjdk-17-jre-headless; } > /dev/null
SPARK_HOME=$("$python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')
export SPARK_HOME SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS=$work/local SPARK_NO_DAEMONIZE=1
unset SPARK_CONF_DIR SPARK_MASTER_HOST PYSPARK_PYTHON PYSPARK_DRIVER_PYTHON
free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

echo "packing the environment: the wheel and pyarrow, as it is sent to the workers"
"$python" -m venv --without-pip "$work/environment"
"$python" -m pip --python "$work/environment/bin/python" install --quiet --disable-pip-version-check "$wheel" \
    "pyarrow==$("$python" -c 'import pyarrow; print(pyarrow.__version__)')"
"$python" -m venv_pack -q -p "$work/environment" -o "$work/environment.tar.gz" --compress-level 1
rm -rf "$work/environment"
ls -l "$work/environment.tar.gz" | awk '{ printf "environment.tar.gz: %.0f MB\n", $5 / 1e6 }'

"$python" scripts/make_crawl.py training-data/pages "$work/crawl" 5000 16
(cd "$work/crawl" && zcat warc.paths.gz | "$program" classify -q --files-from - -o "$work/expected.parquet" 2>/dev/null) || [ $? = 2 ]

port=$(free_port)
master="spark://127.0.0.1:$port"
"$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" \
    --webui-port "$(free_port)" > "$work/master.log" 2>&1 &
started+=($!)
# its end is no news
disown $!
worker() {
    "$SPARK_HOME/bin/spark-class" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 1g \
        --webui-port "$(free_port)" --work-dir "$work/$1" "$master" > "$work/$1.log" 2>&1 &
    started+=($!)
    last=$!
    disown "$last"
}
worker worker-1
worker worker-2
victim=$last
for _ in $(seq 100); do
    [ "$(grep -c 'Registering worker' "$work/master.log" 2>/dev/null || true)" = 2 ] && break
    sleep 0.3
done

submit() {
    timeout 300 "$SPARK_HOME/bin/spark-submit" --master "$master" --executor-memory 700m --driver-memory 700m \
        --conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1 --conf spark.ui.enabled=false \
        --conf spark.scheduler.minRegisteredResourcesRatio=1.0 \
        --conf spark.scheduler.maxRegisteredResourcesWaitingTime=60s \
        --conf spark.pyspark.driver.python="$python" --conf spark.pyspark.python=environment/bin/python \
        --conf spark.speculation=true --conf spark.speculation.interval=200ms \
        --conf spark.speculation.multiplier=1.5 --conf spark.speculation.quantile=0.5 \
        --archives "$work/environment.tar.gz#environment" \
        scripts/spark_classify.py --warc-paths "$work/crawl/warc.paths.gz" --root "$work/crawl" "$@" \
        > "$work/submit.log" 2>&1 || { tail -n 40 "$work/submit.log" >&2; exit 1; }
}
check() { "$python" scripts/compare_labels.py "$work/expected.parquet" "$1" "$work/crawl" 5000; }

echo "the job, undisturbed, partitioned by date"
begun=$SECONDS
submit -o "$work/calm" --partition-by date
check "$work/calm"
echo "done in $((SECONDS - begun)) s"

echo "the job, partitioned by site, each archive shared by two tasks, and a worker killed in the middle"
begun=$SECONDS
rm "$work/submit.log"
seen() { grep -c "$1" "$work/submit.log" 2>/dev/null || true; }
(
    # killed when some tasks are done, and its executor is at work on another
    for _ in $(seq 2500); do
        # the worker may have other children, and ended ones
        executor=$(pgrep -P "$victim" -f -- --executor-id | head -n 1 || true)
        id=
        if [ -n "$executor" ]; then
            id=$(tr '\0' '\n' 2>/dev/null < "/proc/$executor/cmdline" | sed -n '/^--executor-id$/{n;p}' || true)
        fi
        if [ -n "$id" ]; then
            ended=$(seen "Finished task .*(executor $id)")
            if [ "$(seen 'Finished task')" -ge 8 ] && [ "$ended" -ge 2 ] \
                && [ "$(seen "Starting task .*executor $id,")" -gt "$ended" ]; then
                kill -9 "$victim" "$executor"
                seen 'Finished task' > "$work/killed"
                echo "$id" > "$work/victim"
                break
            fi
        fi
        sleep 0.1
    done
) &
killer=$!
submit -o "$work/storm" --partition-by site --split 2
if [ ! -e "$work/victim" ]; then
    kill "$killer" 2>/dev/null || true
    echo "the job ended before a worker was killed" >&2
    exit 1
fi
wait "$killer"
id=$(cat "$work/victim")
lost=$(($(seen "Starting task .*executor $id,") - $(seen "Finished task .*(executor $id)")))
echo "worker killed when $(cat "$work/killed") of 32 tasks were done; $lost of its tasks were lost with it"
# a line each: in a chain of && a failure would end nothing
[ "$(cat "$work/killed")" -lt 32 ]
[ "$lost" -gt 0 ]
grep -q "Lost executor $id" "$work/submit.log"
check "$work/storm"
echo "done in $((SECONDS - begun)) s"
