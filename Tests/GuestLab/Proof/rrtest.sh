# shellcheck shell=dash
# In the guest: record a program with rr, replay it.
# usage: sh rrtest.sh PROGRAM [ARGUMENT]...
# Exit status: 0 if both went well and the output was the same.  A period of 50000 makes rr
# preempt often; replay then has to stop at the very branch each time.
export _RR_TRACE_DIR=/tmp/rr
rr record -c 50000 "$@" > /tmp/record.out 2> /tmp/record.err; record=$?
rr replay -a > /tmp/replay.out 2> /tmp/replay.err; replay=$?
echo "record: exit $record; replay: exit $replay"
head -6 /tmp/record.err /tmp/replay.err
cmp /tmp/record.out /tmp/replay.out || replay=$((replay | 1))
exit $((record | replay))
