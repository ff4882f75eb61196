# shellcheck shell=dash
# In the guest: diagnose, with the emulated PMU's own truth from before and after.
# usage: sh diagnose.sh BUSY-LOOPS [ARGUMENT OF DIAGNOSE]...
#
# Prints sections, each begun by a line "=== NAME", ended by "=== end". The report goes compressed: the serial port
# carries about 250 kB a second.
busy=$1
shift

loops=
while [ "$busy" -gt 0 ]; do
  (while :; do :; done) &
  loops="$loops $!"
  busy=$((busy - 1))
done

echo "=== kernel"
uname -r
# Debian's releases name no patch level before 6.12, its version strings do: "#1 SMP ... Debian 6.1.192-2 (DATE)".
uname -v | sed 's/.*Debian \([0-9.]*\).*/\1/'
echo "=== truth-before"
./groundtruth
started=$(cut -d ' ' -f 1 /proc/uptime)
./truecount diagnose --format json "$@" > /tmp/report 2> /tmp/errors
status=$?
ended=$(cut -d ' ' -f 1 /proc/uptime)
echo "=== truth-after"
./groundtruth
# shellcheck disable=SC2086  # one argument a loop
[ -z "$loops" ] || kill $loops
echo "=== uptime"
echo "$started $ended"
echo "=== errors"
cat /tmp/errors
echo "=== report"
gzip -c /tmp/report | base64
echo "=== exit"
echo "$status"
echo "=== end"
