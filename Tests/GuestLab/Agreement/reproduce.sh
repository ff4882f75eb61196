# shellcheck shell=dash
# In the guest: what truecount finds here, and what perf counts by the very commands that its bug report prints.
#
# Prints "truecount VERDICT SIZE PERIOD", "alone COUNT" and "beside COUNT" for each of two rounds, and "lost COUNTS", what
# the PMU says that its counters lost, each for itself, while "beside" was counted.
PATH=$PWD:$PATH
./truecount diagnose --quick --probe arms --format json > /tmp/report 2> /tmp/errors
verdict=$(sed -n 's/^  "verdict": "\([^"]*\)".*/\1/p' /tmp/report)
[ -n "$verdict" ] || { echo "truecount failed: $(cat /tmp/errors)"; exit 1; }
size=$(sed -n 's/.*"size": {"min": [0-9]*, "median": \([0-9]*\),.*/\1/p' /tmp/report)
./truecount report /tmp/report --format bug | grep '^    taskset ' > /tmp/commands || { echo "no commands"; exit 1; }
period=$(sed -n '2s/.* -c \([0-9]*\) -- perf stat .*/\1/p' /tmp/commands)
echo "truecount $verdict ${size:-0} $period"

# The total that perf stat prints on standard error, of one command.
total() { sh -c "$1" 2>&1 > /dev/null | sed -n 's/^ *\([0-9]*\) *r[0-9a-f]*:u.*/\1/p'; }
# What the counters lost since the reset, each of the general ones.
lost() { ./groundtruth | awk '$1 == 0 && $2 >= 48 && $2 <= 51 { print $3 }'; }

for round in 1 2; do
  echo "alone $round $(total "$(sed -n 1p /tmp/commands)")"
  lost > /tmp/before
  echo "beside $round $(total "$(sed -n 2p /tmp/commands)")"
  lost > /tmp/after
  echo "lost $round $(paste /tmp/before /tmp/after | awk '{ print $2 - $1 }' | tr '\n' ' ')"
done
cat /tmp/commands
