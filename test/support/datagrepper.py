#!/usr/bin/env python3
"""An http:// server with the one question of datagrepper that a hub asks, for tests.

usage: datagrepper.py PORT FILE

Hands out /raw?start=&end=&page=&rows_per_page=&order=asc from FILE, a message as JSON on each line, as datanommer
stores them: with source_name, source_version and headers, and a timestamp with a fraction. Each request is a line of
standard output; the first line is "ready". What FILE.trouble says, if it is there, is what is answered instead:
a status ("503"), or else a body.
"""
import bisect
import http.server
import json
import pathlib
import sys
import urllib.parse


def when(message):
    return message["timestamp"]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("GET", self.path, flush=True)
        trouble = self.server.file.with_name(self.server.file.name + ".trouble")
        if trouble.exists():
            text = trouble.read_text()
            return self.send_error(int(text)) if text.isdigit() else self.answer(text)
        question = {k: v[0] for k, v in urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).items()}
        if question["order"] != "asc":
            return self.send_error(400)
        begin, end = float(question["start"]), float(question["end"])
        page, rows = int(question["page"]), int(question["rows_per_page"])
        all_of_them = self.server.messages()
        found = all_of_them[bisect.bisect_left(all_of_them, begin, key=when):
                            bisect.bisect_right(all_of_them, end, key=when)]
        some = [{**m, "timestamp": m["timestamp"] + 0.25, "source_name": "datanommer", "source_version": "0.8.0",
                 "headers": {}} for m in found[(page - 1) * rows:page * rows]]
        self.answer(json.dumps({"arguments": question, "count": len(some), "pages": -(-len(found) // rows),
                                "total": len(found), "raw_messages": some}))

    def answer(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.HTTPServer):
    known, read = [], 0

    def handle_error(self, *_):
        """A hub that was killed has hung up; everything else is worth a line."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*_)

    def messages(self):
        """All that stand in the file, by their time; what was read before is not read again."""
        with self.file.open("rb") as file:
            file.seek(self.read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self.read += len(line)
                bisect.insort_right(self.known, json.loads(line), key=when)
        return self.known


def main():
    server = Server(("127.0.0.1", int(sys.argv[1])), Handler)
    server.file = pathlib.Path(sys.argv[2])
    print("ready", flush=True)
    server.serve_forever()


main()
