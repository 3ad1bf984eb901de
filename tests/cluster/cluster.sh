#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A real Kubernetes control plane on loopback, built from Go modules, with KWOK in the place of kubelets.
# README.md beside this file is the manual. Progress goes to stderr; only results go to stdout.
set -euo pipefail

here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
cache="${BERTH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/berth}"
programs=(
    etcd=go.etcd.io/etcd/server/v3
    kube-apiserver=k8s.io/kubernetes/cmd/kube-apiserver
    kubectl=k8s.io/kubernetes/cmd/kubectl
    kube-scheduler=k8s.io/kubernetes/cmd/kube-scheduler
    kube-controller-manager=k8s.io/kubernetes/cmd/kube-controller-manager
    kwok=sigs.k8s.io/kwok/cmd/kwok
)
# The exit code by which CTest and automake know a skipped test: a missing tool is neither a pass nor a fault.
readonly left_out=77

say() { printf 'cluster: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
leave_out() { printf 'LEFT OUT: the tests against a real cluster: %s\n' "$*" >&2; exit "$left_out"; }

usage() {
    cat >&2 <<'TEXT'
usage: cluster.sh COMMAND
  build                   build etcd, the Kubernetes programs and KWOK (once; minutes)
  up [--bare] [DIR]       start a cluster; prints the path of its kubeconfig. --bare: only etcd and the API server
  scenario [DIR]          create the nodes and workloads of scenario.yaml
  load NODES PODS [DIR]   fill the cluster fast
  kubeconfig [DIR]        print the path of the administrator's kubeconfig
  bin                     print the folder of the built programs
  down [DIR]              end the programs that `up` started
TEXT
    exit 2
}

module_version() { awk -v module="$1" '$1 == module && $2 ~ /^v/ { print $2; exit }' "$here/go.mod"; }
kubernetes_version="$(module_version k8s.io/kubernetes)"
bin="$cache/cluster-bin/$kubernetes_version"
stages="$bin/kwok-stages"

# ---- build ---------------------------------------------------------------------------------------------------

require_go() {
    command -v go >/dev/null || leave_out "no Go here (1.21 or newer is needed)"
    local version
    version="$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null)" || version=""
    [[ "$version" =~ ^go1\.([0-9]+) ]] || leave_out "cannot tell the version of Go"
    ((BASH_REMATCH[1] >= 21)) || leave_out "$version is too old (1.21 or newer is needed)"
    # From 1.21 on, Go fetches the toolchain that go.mod asks for, unless it is told not to.
    (cd "$here" && go list -m >/dev/null 2>&1) || leave_out "$version cannot get the toolchain that tests/cluster/go.mod asks for"
}

# Without these the server calls itself v0.0.0 and kubectl warns of a version skew.
version_flags() {
    local package=k8s.io/component-base/version
    local number="${kubernetes_version#v}"
    printf -- '-s -w'
    printf -- ' -X %s.%s' "$package" "gitVersion=$kubernetes_version" "$package" "gitMajor=${number%%.*}" \
        "$package" "gitMinor=$(cut -d. -f2 <<<"$number")" "$package" "gitCommit=unknown" \
        "$package" "gitTreeState=clean" "$package" "buildDate=1970-01-01T00:00:00Z"
}

# True when every program was built from the go.sum that lies here.
is_built() {
    local program
    for program in "${programs[@]}"; do [[ -x "$bin/${program%%=*}" ]] || return 1; done
    [[ -d "$stages" ]] && cmp -s "$here/go.sum" "$bin/go.sum"
}

copy_stages() {
    local module stage
    module="$(cd "$here" && go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)"
    mkdir -p "$stages"
    for stage in node/fast/node-initialize node/heartbeat-with-lease/node-heartbeat-with-lease \
        pod/fast/pod-ready pod/fast/pod-complete pod/fast/pod-delete; do
        install -m 644 "$module/kustomize/stage/$stage.yaml" "$stages/${stage##*/}.yaml"
    done
}

build() {
    if is_built; then say "programs are in $bin"; return; fi
    require_go
    mkdir -p "$bin"
    local program name flags begin=$SECONDS
    flags="$(version_flags)"
    for program in "${programs[@]}"; do
        name="${program%%=*}"
        say "building $name ..."
        (cd "$here" && CGO_ENABLED=0 go build -trimpath -ldflags "$flags" -o "$bin/$name.part" "${program#*=}")
        mv -f "$bin/$name.part" "$bin/$name"
    done
    (cd "$here" && go mod download sigs.k8s.io/kwok)
    copy_stages
    # Last, so that an interrupted build is not taken for a whole one.
    install -m 644 "$here/go.sum" "$bin/go.sum"
    say "built in $((SECONDS - begin)) s: $bin"
}

# ---- the run folder ------------------------------------------------------------------------------------------

run_dir() { realpath -m -- "${1:-$cache/cluster-run}"; }

# True when process $2 still runs program $1: a process id may have gone to somebody else since.
is_running() {
    local exe
    exe="$(readlink "/proc/$2/exe" 2>/dev/null)" || return 1
    exe="${exe% (deleted)}"
    [[ "${exe##*/}" == "$1" ]]
}

any_running() {
    local name pid
    [[ -f "$1/pids" ]] || return 1
    while read -r name pid; do
        if is_running "$name" "$pid"; then return 0; fi
    done <"$1/pids"
    return 1
}

require_up() { [[ -f "$1/kubeconfig" ]] && any_running "$1" || fail "no cluster runs in $1: start one with 'up'"; }

# Makes DIR ours, or refuses: `up` empties it, so it must never be a folder of somebody's files.
claim_dir() {
    local dir="$1"
    mkdir -p "$dir"
    if [[ ! -f "$dir/.berth-cluster" && -n "$(ls -A "$dir")" ]]; then fail "$dir is not empty and no cluster's folder"; fi
    : >"$dir/.berth-cluster"
    rm -rf -- "$dir/etcd" "$dir/pki" "$dir/logs"
    rm -f -- "$dir/pids" "$dir/kubeconfig" "$dir/kubeconfig-limited"
    mkdir -p "$dir/pki" "$dir/logs"
    chmod 700 "$dir" "$dir/pki"
}

# ---- certificates and kubeconfigs ----------------------------------------------------------------------------

# key_and_cert DIR NAME SUBJECT [EXTENSION...]: NAME.key and NAME.crt, signed by the CA of DIR.
key_and_cert() {
    local pki="$1" name="$2" subject="$3"
    shift 3
    openssl ecparam -name prime256v1 -genkey -noout -out "$pki/$name.key"
    openssl req -new -key "$pki/$name.key" -subj "$subject" -out "$pki/$name.csr"
    printf '%s\n' "$@" >"$pki/$name.ext"
    openssl x509 -req -in "$pki/$name.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 30 -sha256 \
        -extfile "$pki/$name.ext" -out "$pki/$name.crt" 2>/dev/null
    rm -f "$pki/$name.csr" "$pki/$name.ext"
}

make_pki() {
    local pki="$1"
    openssl ecparam -name prime256v1 -genkey -noout -out "$pki/ca.key"
    openssl req -x509 -new -key "$pki/ca.key" -subj /CN=berth-test-ca -days 30 -sha256 -out "$pki/ca.crt"
    # 10.0.0.1 is the first address of the service range: the `kubernetes` service.
    key_and_cert "$pki" server /CN=kube-apiserver "subjectAltName=IP:127.0.0.1,DNS:localhost,IP:10.0.0.1" \
        "extendedKeyUsage=serverAuth"
    key_and_cert "$pki" admin /O=system:masters/CN=admin "extendedKeyUsage=clientAuth"
    key_and_cert "$pki" scheduler /CN=system:kube-scheduler "extendedKeyUsage=clientAuth"
    key_and_cert "$pki" controllers /CN=system:kube-controller-manager "extendedKeyUsage=clientAuth"
    openssl ecparam -name prime256v1 -genkey -noout -out "$pki/service-accounts.key"
    openssl ec -in "$pki/service-accounts.key" -pubout -out "$pki/service-accounts.pub" 2>/dev/null
    printf '%s,limited,limited-uid\n' "$(openssl rand -hex 16)" >"$pki/tokens.csv"
}

# write_kubeconfig FILE DIR SERVER USER CREDENTIALS, where CREDENTIALS is lines of the user's entry.
write_kubeconfig() {
    local file="$1" dir="$2" server="$3" user="$4" credentials="$5"
    cat >"$file" <<TEXT
apiVersion: v1
kind: Config
clusters:
- name: berth-test
  cluster:
    server: $server
    certificate-authority-data: $(base64 -w0 <"$dir/pki/ca.crt")
users:
- name: $user
  user:
$credentials
contexts:
- name: $user@berth-test
  context: {cluster: berth-test, user: $user}
current-context: $user@berth-test
TEXT
    chmod 600 "$file"
}

certificate_of() {
    printf '    client-certificate-data: %s\n    client-key-data: %s\n' "$(base64 -w0 <"$1.crt")" "$(base64 -w0 <"$1.key")"
}

write_kubeconfigs() {
    local dir="$1" server="$2" pki="$1/pki"
    write_kubeconfig "$dir/kubeconfig" "$dir" "$server" admin "$(certificate_of "$pki/admin")"
    write_kubeconfig "$pki/scheduler.kubeconfig" "$dir" "$server" scheduler "$(certificate_of "$pki/scheduler")"
    write_kubeconfig "$pki/controllers.kubeconfig" "$dir" "$server" controllers "$(certificate_of "$pki/controllers")"
    write_kubeconfig "$dir/kubeconfig-limited" "$dir" "$server" limited "    token: $(cut -d, -f1 "$pki/tokens.csv")"
}

# ---- up ------------------------------------------------------------------------------------------------------

# Prints a port on which nobody listens. Below 32768, so that no outgoing connection is given it in the meantime.
declare -A taken_ports=()
free_port() {
    local port try
    for ((try = 0; try < 200; ++try)); do
        port=$((20000 + RANDOM % 12000))
        [[ -z "${taken_ports[$port]:-}" ]] || continue
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            taken_ports[$port]=1
            chosen_port=$port
            return
        fi
    done
    fail "found no free port on 127.0.0.1"
}

# start DIR PROGRAM ARGUMENT...: in a session of its own, so that Ctrl-C in the terminal ends `up` and not the cluster.
start() {
    local dir="$1" name="$2"
    shift 2
    setsid "$bin/$name" "$@" >"$dir/logs/$name.log" 2>&1 </dev/null &
    printf '%s %s\n' "$name" "$!" >>"$dir/pids"
    disown
}

start_etcd() {
    local dir="$1" client="$2" peer="$3"
    start "$dir" etcd --name=default --data-dir="$dir/etcd" --listen-client-urls="$client" --advertise-client-urls="$client" \
        --listen-peer-urls="$peer" --initial-advertise-peer-urls="$peer" --initial-cluster="default=$peer" \
        --unsafe-no-fsync --quota-backend-bytes=8589934592 --log-level=warn
}

start_apiserver() {
    local dir="$1" etcd="$2" port="$3" pki="$1/pki"
    # The endpoint reconciler refuses loopback addresses, hence none.
    start "$dir" kube-apiserver --etcd-servers="$etcd" --bind-address=127.0.0.1 --secure-port="$port" \
        --advertise-address=127.0.0.1 --endpoint-reconciler-type=none --client-ca-file="$pki/ca.crt" \
        --tls-cert-file="$pki/server.crt" --tls-private-key-file="$pki/server.key" --authorization-mode=RBAC \
        --token-auth-file="$pki/tokens.csv" --service-account-issuer=https://kubernetes.default.svc \
        --service-account-key-file="$pki/service-accounts.pub" \
        --service-account-signing-key-file="$pki/service-accounts.key" --service-cluster-ip-range=10.0.0.0/24 \
        --allow-privileged=true --max-requests-inflight=3000 --max-mutating-requests-inflight=1000
}

start_controllers() {
    local dir="$1" pki="$1/pki" config="$1/pki/scheduler.kubeconfig"
    free_port
    start "$dir" kube-scheduler --kubeconfig="$config" --authentication-kubeconfig="$config" \
        --authorization-kubeconfig="$config" --leader-elect=false --bind-address=127.0.0.1 --secure-port="$chosen_port" \
        --kube-api-qps=1000 --kube-api-burst=2000
    config="$pki/controllers.kubeconfig"
    free_port
    start "$dir" kube-controller-manager --kubeconfig="$config" --authentication-kubeconfig="$config" \
        --authorization-kubeconfig="$config" --leader-elect=false --bind-address=127.0.0.1 --secure-port="$chosen_port" \
        --use-service-account-credentials=true --service-account-private-key-file="$pki/service-accounts.key" \
        --root-ca-file="$pki/ca.crt" --node-monitor-grace-period=1h --kube-api-qps=1000 --kube-api-burst=2000
}

start_kwok() {
    local dir="$1" stage configs=()
    for stage in "$stages"/*.yaml; do configs+=(--config="$stage"); done
    free_port
    # Only nodes that say so are faked: one without the annotation stays as it was created, e.g. NotReady.
    start "$dir" kwok --kubeconfig="$dir/kubeconfig" --manage-all-nodes=false \
        --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake --server-address="127.0.0.1:$chosen_port" \
        "${configs[@]}"
}

# Fails with the end of the log when a program that `up` started is gone.
check_alive() {
    local name pid
    while read -r name pid; do
        is_running "$name" "$pid" && continue
        tail -n 5 "$1/logs/$name.log" >&2
        fail "$name ended: see $1/logs/$name.log"
    done <"$1/pids"
}

admin() { local dir="$1"; shift; "$bin/kubectl" --kubeconfig="$dir/kubeconfig" "$@"; }

# until_ready DIR WHAT COMMAND...: repeats COMMAND until it succeeds, 60 s at most.
until_ready() {
    local dir="$1" what="$2" begin=$SECONDS
    shift 2
    until "$@" >/dev/null 2>&1; do
        check_alive "$dir"
        ((SECONDS - begin < 60)) || fail "$what is not ready after 60 s: see $dir/logs"
        sleep 0.2
    done
}

bind_limited_user() {
    admin "$1" apply -f - >&2 <<'TEXT'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: limited}
rules:
- {apiGroups: [""], resources: [nodes], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: limited}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: limited}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: limited}
TEXT
}

up() {
    local bare=""
    if [[ "${1:-}" == --bare ]]; then bare=yes; shift; fi
    local dir etcd peer port begin
    dir="$(run_dir "${1:-}")"
    if any_running "$dir"; then fail "a cluster runs in $dir already: end it with 'down'"; fi
    command -v openssl >/dev/null || leave_out "no openssl here"
    build
    begin=$SECONDS
    claim_dir "$dir"
    # shellcheck disable=SC2064  # the folder of now is meant
    trap "stop_all '$dir'" EXIT
    free_port; etcd="http://127.0.0.1:$chosen_port"
    free_port; peer="http://127.0.0.1:$chosen_port"
    free_port; port=$chosen_port
    make_pki "$dir/pki"
    write_kubeconfigs "$dir" "https://127.0.0.1:$port"
    start_etcd "$dir" "$etcd" "$peer"
    start_apiserver "$dir" "$etcd" "$port"
    until_ready "$dir" "the API server" admin "$dir" get --raw=/readyz
    say "the API server answers on https://127.0.0.1:$port"
    if [[ -z "$bare" ]]; then start_controllers "$dir"; start_kwok "$dir"; fi
    bind_limited_user "$dir"
    # The controllers make it, so this says that they work; without them nobody does.
    if [[ -z "$bare" ]]; then until_ready "$dir" "the controller manager" admin "$dir" get serviceaccount default; fi
    check_alive "$dir"
    trap - EXIT
    say "up in $((SECONDS - begin)) s"
    printf '%s\n' "$dir/kubeconfig"
}

# ---- down ----------------------------------------------------------------------------------------------------

# end_process NAME PID: asks, waits 15 s, then insists.
end_process() {
    local name="$1" pid="$2" try
    is_running "$name" "$pid" || return 0
    kill -TERM "$pid" 2>/dev/null || return 0
    for ((try = 0; try < 150; ++try)); do
        is_running "$name" "$pid" || return 0
        sleep 0.1
    done
    say "$name ($pid) does not end by itself"
    kill -KILL "$pid" 2>/dev/null || true
    for ((try = 0; try < 50; ++try)); do
        is_running "$name" "$pid" || return 0
        sleep 0.1
    done
    fail "$name ($pid) cannot be ended"
}

# The newest first: the API server's clients before it, and etcd last.
stop_all() {
    local name pid
    [[ -f "$1/pids" ]] || return 0
    while read -r name pid; do end_process "$name" "$pid"; done < <(tac "$1/pids")
    rm -f -- "$1/pids"
}

down() {
    local dir begin=$SECONDS
    dir="$(run_dir "${1:-}")"
    [[ -f "$dir/pids" ]] || { say "no cluster runs in $dir"; return; }
    stop_all "$dir"
    rm -rf -- "$dir/etcd"
    say "down in $((SECONDS - begin)) s"
}

# ---- contents ------------------------------------------------------------------------------------------------

scenario() {
    local dir
    dir="$(run_dir "${1:-}")"
    require_up "$dir"
    admin "$dir" apply -f "$here/scenario.yaml" >&2
    # `apply` has created nodes of which KWOK has yet to say that they are up.
    admin "$dir" wait --for=condition=Ready --timeout=60s node --selector=berth.test/kubelet=fake >&2
}

load() {
    (($# >= 2)) || usage
    local nodes="$1" pods="$2" dir options=()
    dir="$(run_dir "${3:-}")"
    require_up "$dir"
    require_go
    (cd "$here" && CGO_ENABLED=0 go build -trimpath -o "$bin/berth-cluster-load" ./load)
    # Nobody else would say of these pods that they run.
    grep -q '^kwok ' "$dir/pids" || options+=(-status)
    "$bin/berth-cluster-load" -server "$(awk '$1 == "server:" { print $2 }' "$dir/kubeconfig")" -pki "$dir/pki" \
        -nodes "$nodes" -pods "$pods" "${options[@]}"
}

case "${1:-}" in
    build | up | scenario | load | down) "$@" ;;
    kubeconfig) shift; dir="$(run_dir "${1:-}")"; require_up "$dir"; printf '%s\n' "$dir/kubeconfig" ;;
    bin) printf '%s\n' "$bin" ;;
    *) usage ;;
esac
