# shellcheck shell=dash
# In the guest: what truecount says of this kernel and PMU, and what rr suffers on them.
# usage: sh agree.sh REPEATS PERIOD
#
# Prints "truecount VERDICT [FAULT]...", then a line for each repeat: "rr replays", "rr diverges WHY" or
# "rr cannot-record WHY".  Each repeat has loops of another length: a loss that is the same at every PMI can cancel
# between recording and replay, and with another length it cancels elsewhere.
export _RR_TRACE_DIR=/tmp/rr

./truecount diagnose --quick --format json > /tmp/report 2> /tmp/errors
status=$?
verdict=$(sed -n 's/^  "verdict": "\([^"]*\)".*/\1/p' /tmp/report)
[ -n "$verdict" ] || { echo "truecount failed: exit $status: $(cat /tmp/errors)"; exit 1; }
echo "truecount $verdict $(sed -n 's/^ *"fault": "\([^"]*\)".*/\1/p' /tmp/report | tr '\n' ' ')"

# The first complaint of rr's, in one line.
why() { grep -m 1 -oE '\[(FATAL|ERROR) .*|ticks mismatch.*|Assertion.*' "$1" | tr '|' ' ' | cut -c 1-120; }

repeat=0
while [ "$repeat" -lt "$1" ]; do
  rm -rf /tmp/rr
  # rr preempts after PERIOD branches, and replay has to stop at the very branch each time.
  if ! rr record -c "$2" ./rrprog 6 $((100000 + repeat * 7919)) 3 > /tmp/record.out 2> /tmp/record.err; then
    echo "rr cannot-record $(why /tmp/record.err)"
  elif ! rr replay -a > /tmp/replay.out 2> /tmp/replay.err; then
    echo "rr diverges $(why /tmp/replay.err)"
  elif ! cmp -s /tmp/record.out /tmp/replay.out; then
    echo "rr diverges in its output"
  else
    echo "rr replays"
  fi
  repeat=$((repeat + 1))
done
