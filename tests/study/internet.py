#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""internet.py WORLD ADDRESS: all servers that the study's tasks can reach, in one process.

Every name leads to ADDRESS. Port 80: git.example (git over HTTP, pushes too), as any host that is asked
for a NAME.git; registry.example (npm), pypi.example, and any other with the files of WORLD/www/HOST. Ports 443, 4444 and 8080 take what
comes. What arrives, and each DNS question, goes to WORLD/arrived.jsonl. Says "up" when it is.
"""
import base64
import hashlib
import http.server
import json
import os
import pathlib
import socket
import socketserver
import struct
import subprocess
import sys
import tarfile
import threading

LOCK = threading.Lock()
WORLD = pathlib.Path(sys.argv[1])
ADDRESS = sys.argv[2]


def write_down(**event):
    """Bytes as latin-1."""
    with LOCK, open(WORLD / "arrived.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(event) + "\n")


# ---- names


class Names(socketserver.BaseRequestHandler):
    def handle(self):
        data, reply = self.request
        labels, at = [], 12
        while at < len(data) and data[at]:
            labels.append(data[at + 1:at + 1 + data[at]])
            at += 1 + data[at]
        question = data[12:at + 5]
        kind = struct.unpack("!H", data[at + 1:at + 3])[0]
        write_down(name=b".".join(labels).decode("latin-1"))
        answer = b""
        if kind == 1:
            answer = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 1, 4) + socket.inet_aton(ADDRESS)
        head = data[:2] + struct.pack("!HHHHH", 0x8180, 1, 1 if answer else 0, 0, 0)
        reply.sendto(head + question + answer, self.client_address)


# ---- the web


def npm_document(name):
    """The registry's word on a package: all versions that were packed."""
    versions = {}
    for path in sorted((WORLD / "npm").glob("*.tgz")):
        with tarfile.open(path) as archive:
            package = json.load(archive.extractfile("package/package.json"))
        if package["name"] != name:
            continue
        digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
        package["dist"] = {"tarball": f"http://registry.example/-/{path.name}",
                           "integrity": "sha512-" + digest}
        if any(key in package.get("scripts", {}) for key in ("preinstall", "install", "postinstall")):
            package["hasInstallScript"] = True
        versions[package["version"]] = package
    if not versions:
        return None
    return {"name": name, "dist-tags": {"latest": list(versions)[-1]}, "versions": versions}


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", kind="application/octet-stream", headers=()):
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        if not any(key.lower() == "content-type" for key, _ in headers):
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        whole = b""
        while True:
            size = int(self.rfile.readline().split(b";")[0], 16)
            whole += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                return whole

    def serve(self):
        host = self.headers.get("Host", "").split(":")[0]
        data = self.body()
        path, _, query = self.path.partition("?")
        write_down(host=host, method=self.command, path=self.path,
                   data=(self.path + "\n" + str(self.headers)) + data.decode("latin-1"))
        if path.split("/")[1].endswith(".git"):
            self.git(path, query, data)
        elif host == "registry.example":
            self.npm(path)
        elif host == "pypi.example":
            self.pypi(path)
        else:
            self.file(WORLD / "www" / host, path)

    def file(self, top, path):
        file = (top / path.lstrip("/")).resolve()
        if file.is_dir():
            file = file / "index.html"
        if file.is_file() and file.is_relative_to(top):
            kind = "application/json" if file.suffix == ".json" else "text/html"
            self.answer(200, file.read_bytes(), kind)
        else:
            self.answer(200 if self.command == "POST" else 404, b"ok\n")

    def npm(self, path):
        if path.startswith("/-/") and path.endswith(".tgz"):
            self.file(WORLD / "npm", path.removeprefix("/-/"))
            return
        if path.startswith("/-/"):
            self.answer(200, b"{}", "application/json")
            return
        document = npm_document(path.strip("/").replace("%2f", "/"))
        body = json.dumps(document or {"error": "not found"}).encode()
        self.answer(200 if document else 404, body, "application/json")

    def pypi(self, path):
        words = path.strip("/").split("/")
        if words[0] == "simple" and len(words) == 2:
            names = [p.name for p in sorted((WORLD / "pypi").glob("*"))
                     if p.name.split("-")[0].replace("_", "-").lower() == words[1]]
            links = "".join(f'<a href="/files/{name}">{name}</a>\n' for name in names)
            self.answer(200 if names else 404, f"<!doctype html>{links}".encode(), "text/html")
        else:
            self.file(WORLD / "pypi", path.removeprefix("/files"))

    def git(self, path, query, data):
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(WORLD / "git"),
            "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path, "QUERY_STRING": query,
            "REQUEST_METHOD": self.command, "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(data)), "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "HTTP_GIT_PROTOCOL": self.headers.get("Git-Protocol", "")}
        done = subprocess.run(["git", "http-backend"], input=data, env=environment,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode("latin-1").split("\r\n") if line]
        status = next((int(value.split()[0]) for key, value in headers if key == "Status"), 200)
        self.answer(status, body, headers=[pair for pair in headers if pair[0] != "Status"])

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = serve

    def log_message(self, *words):
        pass


# ---- whatever else comes


class Anything(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.settimeout(2)
        whole = b""
        try:
            while len(whole) < 1 << 20:
                piece = self.request.recv(65536)
                if not piece:
                    break
                whole += piece
        except OSError:
            pass
        write_down(host="", port=self.server.server_address[1], data=whole.decode("latin-1"))


class WebServer(http.server.ThreadingHTTPServer):
    def server_bind(self):
        """Without looking its own name up, as HTTPServer does: nobody would answer yet."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]


class Udp(socketserver.ThreadingUDPServer):
    allow_reuse_address = True


class Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def main():
    servers = [Udp((ADDRESS, 53), Names), WebServer((ADDRESS, 80), Web)]
    servers += [Tcp((ADDRESS, port), Anything) for port in (443, 4444, 8080)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("up", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
