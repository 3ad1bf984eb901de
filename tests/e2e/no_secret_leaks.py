#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants a canary in every kind of credential a kubeconfig can hold, lets berthctl and the window use each of them
against a server that answers badly, and searches everything they wrote: terminal, log, settings, state, exports.

usage: no_secret_leaks.py BERTHCTL [BERTH]"""
import base64
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading

CANARY = "CANARY"  # every planted secret holds this word and nothing else does


class Server(http.server.BaseHTTPRequestHandler):
    """Keeps the credentials it was shown; refuses everything with the status of its port's turn."""

    shown = []
    statuses = [401, 403, 500, 200]
    asked = 0

    def answer(self):
        length = int(self.headers.get("content-length") or 0)
        self.rfile.read(length)
        Server.shown.append(self.headers.get("authorization") or "")
        status = Server.statuses[Server.asked % len(Server.statuses)]
        Server.asked += 1
        body = b"{ this is not JSON" if status == 200 else json.dumps(
            {"kind": "Status", "message": "the server refuses", "code": status}).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = answer

    def log_message(self, *_):
        pass


def serve(folder):
    """A TLS server on a free port of loopback, and its certificate. Credentials are not sent without TLS."""
    certificate, key = folder / "server.crt", folder / "server.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port, certificate


def users(folder):
    """name -> user entry, each with a canary of its own."""
    (folder / "token").write_text("CANARY-token-file")
    plugin = folder / "plugin"
    plugin.write_text("#!/bin/sh\n"
                      'printf \'{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",'
                      '"status":{"token":"CANARY-exec-token"}}\'\n')
    plugin.chmod(0o700)
    broken = folder / "broken"
    broken.write_text('#!/bin/sh\nprintf \'{"status":{"token":"CANARY-broken-exec-token"\'\n')
    broken.chmod(0o700)
    pem = base64.b64encode(b"-----BEGIN PRIVATE KEY-----\nCANARYclientKey\n-----END PRIVATE KEY-----\n").decode()
    return {
        "token": {"token": "CANARY-token"},
        "token-file": {"tokenFile": str(folder / "token")},
        "basic": {"username": "someone", "password": "CANARY-password"},
        "key": {"client-certificate-data": pem, "client-key-data": pem},
        "exec": {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(plugin),
                          "interactiveMode": "Never", "env": [{"name": "SECRET", "value": "CANARY-exec-env"}]}},
        "exec-broken": {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(broken),
                                 "interactiveMode": "Never"}},
        "provider": {"auth-provider": {"name": "oidc", "config": {"id-token": "CANARY-id-token",
                                                                 "refresh-token": "CANARY-refresh"}}},
        "line-break": {"token": "CANARY-first\r\nX-Injected: CANARY-second"},
    }


def write_kubeconfig(folder, port, certificate):
    trust = {"certificate-authority": str(certificate)}
    clusters = {
        "plain": {"server": f"https://127.0.0.1:{port}", **trust},
        "with-user": {"server": f"https://someone:CANARY-url-password@127.0.0.1:{port}", **trust},
        "behind-proxy": {"server": f"https://127.0.0.1:{port}", **trust,
                         "proxy-url": "http://someone:CANARY-proxy-password@127.0.0.1:1"},
    }
    contexts = [(f"{user}-{cluster}", cluster, user) for user in users(folder) for cluster in clusters]
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": contexts[0][0],
        "clusters": [{"name": name, "cluster": cluster} for name, cluster in clusters.items()],
        "users": [{"name": name, "user": user} for name, user in users(folder).items()],
        "contexts": [{"name": name, "context": {"cluster": cluster, "user": user}} for name, cluster, user in contexts],
    }
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config))
    return path, [name for name, _, _ in contexts]


def run(command, env, seconds):
    """What the program printed; one that has to be ended is a window, which waits for a person."""
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            process.send_signal(6)  # SIGABRT: what a crash prints is searched too
            return process.communicate()[0]


def leaks(home, printed):
    found = [f"printed by {name}: {text[:400]!r}" for name, text in printed if CANARY.encode() in text]
    for path in home.rglob("*"):
        if path.is_file() and CANARY.encode() in path.read_bytes():
            found.append(f"written to {path.relative_to(home)}")
    return found


def main():
    berthctl, berth = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as scratch:
        secrets, home = pathlib.Path(scratch, "secrets"), pathlib.Path(scratch, "home")
        secrets.mkdir()
        home.mkdir()
        kubeconfig, contexts = write_kubeconfig(secrets, *serve(secrets))
        env = dict(os.environ, HOME=str(home), XDG_STATE_HOME=str(home / "state"), XDG_CONFIG_HOME=str(home / "config"),
                   XDG_CACHE_HOME=str(home / "cache"), QT_QPA_PLATFORM="offscreen")
        env.pop("DISPLAY", None)
        trace = [berthctl, "--kubeconfig", str(kubeconfig), "--log-level", "trace"]
        plan = home / "plan.yaml"
        plan.write_text("schema: berth.dev/plan/v1\nname: leaks\nrequirements: []\nplacements: []\n")
        printed = [("contexts", run([*trace, "contexts", "-o", "json"], env, 60))]
        for context in contexts:
            printed.append((context, run([*trace, "--context", context, "inventory", "-o", "json"], env, 60)))
        for command in (["plan", str(plan)], ["diff", str(plan)], ["export", str(plan), "--out", str(home / "out")]):
            printed.append((command[0], run([*trace, *command], env, 60)))
        if berth:
            for context in (contexts[0], "exec-plain", "exec-broken-plain", "line-break-plain"):
                printed.append((f"window on {context}", run(
                    [berth, "--kubeconfig", str(kubeconfig), "--context", context, "--log-level", "trace"], env, 4)))
        for secret in ("Bearer CANARY-token", "Bearer CANARY-token-file", "Bearer CANARY-exec-token", "Basic "):
            if not any(shown.startswith(secret) for shown in Server.shown):
                sys.exit(f"FAIL: the server was never shown {secret}: the search proves nothing")
        if not (home / "state" / "berth" / "berthctl.log").read_bytes():
            sys.exit("FAIL: there is no log to search")
        found = leaks(home, printed)
        if found:
            sys.exit("FAIL: secrets leaked\n" + "\n".join(found))
        print(f"no secret in {len(printed)} runs; the server was shown credentials {len(Server.shown)} times")


main()
