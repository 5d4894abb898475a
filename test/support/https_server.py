#!/usr/bin/env python3
"""An https:// server with an authority of its own, for tests.

usage: https_server.py FOLDER PORT [--name NAME] [--expired] [--ca NAME] [--plain]

FOLDER/ca.pem is the authority, made at the first start; files are those of FOLDER/files. Each request is a line of
standard output, "GET /ca.crt"; the first line is "ready". Some paths misbehave: see Handler.
"""
import argparse
import datetime
import http.server
import pathlib
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOUR = datetime.timedelta(hours=1)


def make_certificate(folder, name, expired, ca_name):
    """Writes ca.pem, and server.pem (key and certificate) signed by it."""
    now = datetime.datetime.utcnow()

    def named(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    def builder(subject, key, until):
        return (x509.CertificateBuilder().subject_name(named(subject)).issuer_name(named(ca_name))
                .public_key(key.public_key()).serial_number(x509.random_serial_number())
                .not_valid_before(now - 48 * HOUR).not_valid_after(until))

    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = (builder(ca_name, ca_key, now + 24 * HOUR)
          .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
          .sign(ca_key, hashes.SHA256()))
    certificate = (builder(name, key, now - HOUR if expired else now + 24 * HOUR)
                   .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
                   .sign(ca_key, hashes.SHA256()))
    pem = serialization.Encoding.PEM
    (folder / "server.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(pem))
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("GET", self.path, flush=True)
        word = self.path.split("/")[1]
        if word == "silent":  # accepts, and never answers
            threading.Event().wait()
        elif word == "redirect":  # /redirect/https://...
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/redirect/"))
            self.end_headers()
        elif word == "status":  # /status/503
            self.send_error(int(self.path.split("/")[2]))
        elif word == "endless":  # a body without a length
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"-----BEGIN X-----\n" * 1000)
        elif word == "huge":  # a length that is too much
            self.answer(b"x", 2**40)
        elif word == "cut":  # a body that ends early
            self.answer(b"-----BEGIN X-----\n-----END X-----\n", 1000)
        elif (file := self.server.folder / "files" / word).is_file():
            body = file.read_bytes()
            self.answer(body, len(body))
        else:
            self.send_error(404)

    def answer(self, body, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def finish_request(self, request, client_address):
        if self.context is None:
            return super().finish_request(request, client_address)
        # On the thread of the request: a client that fails its handshake holds nobody up.
        try:
            with self.context.wrap_socket(request, server_side=True) as connection:
                super().finish_request(connection, client_address)
        except OSError:  # the client has hung up
            pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--name", default="localhost")
    parser.add_argument("--expired", action="store_true")
    parser.add_argument("--ca")
    parser.add_argument("--plain", action="store_true", help="http://")
    arguments = parser.parse_args()
    if not (arguments.folder / "ca.pem").exists():
        make_certificate(arguments.folder, arguments.name, arguments.expired,
                         arguments.ca or f"Test CA {arguments.port}")
    server = Server(("127.0.0.1", arguments.port), Handler)
    server.folder = arguments.folder
    server.context = None if arguments.plain else ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if server.context:
        server.context.load_cert_chain(arguments.folder / "server.pem")
    print("ready", flush=True)
    server.serve_forever()


main()
