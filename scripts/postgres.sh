#!/bin/sh
# A PostgreSQL on loopback, for development and tests.
#
#   postgres.sh install          install the server from Debian's packages where there is none (as root)
#   postgres.sh start DIR PORT   make a cluster in DIR, where there is none, and start it; prints its URL
#   postgres.sh stop DIR         stop it
#
# The server does not run as root: root hands it to the user postgres, or nobody. Anyone on this machine may log in.
set -eu

binaries() {
    if command -v initdb >/dev/null 2>&1; then
        dirname "$(command -v initdb)"
    else
        # Debian keeps them out of the PATH, one folder a version.
        ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t / -k 5 -n | tail -n 1
    fi
}

unprivileged() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    elif id postgres >/dev/null 2>&1; then
        runuser -u postgres -- "$@"
    else
        runuser -u nobody -- "$@"
    fi
}

usage() {
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

found=$(binaries)
case ${1:-} in
install)
    [ -n "$found" ] && exit 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "PostgreSQL is not installed, and only root can install it" >&2
        exit 1
    fi
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql
    ;;
start)
    [ $# -eq 3 ] || usage
    [ -n "$found" ] || { echo "PostgreSQL is not installed; run: sh $0 install" >&2; exit 1; }
    mkdir -p "$2"
    if [ "$(id -u)" -eq 0 ]; then
        chown "$(id postgres >/dev/null 2>&1 && echo postgres || echo nobody)" "$2"
    fi
    cd "$2"
    [ -f data/PG_VERSION ] ||
        unprivileged "$found/initdb" -D data --username=tilth --auth=trust --encoding=UTF8 --locale=C >/dev/null
    unprivileged "$found/pg_ctl" status -D data >/dev/null ||
        unprivileged "$found/pg_ctl" start -D data -l log -w \
            -o "-c port=$3 -c listen_addresses=127.0.0.1 -c unix_socket_directories=" >/dev/null
    echo "postgresql://tilth@127.0.0.1:$3/postgres"
    ;;
stop)
    [ $# -eq 2 ] || usage
    cd "$2"
    unprivileged "$found/pg_ctl" stop -D data -m fast -w >/dev/null
    ;;
*)
    usage
    ;;
esac
