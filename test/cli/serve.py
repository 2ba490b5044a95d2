"""Serves the current folder on a free port of this machine while a command runs: serve.py COMMAND ... (VIGIE_FETCH_BASE
names the server to it). Exit code: the command's."""
import functools
import http.server
import os
import subprocess
import sys
import threading


class Quiet(http.server.SimpleHTTPRequestHandler):
    def translate_path(self, path):
        return os.path.join(os.getcwd(), os.path.basename(path.split("?")[0]))

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet))
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_address[1]}"
sys.exit(subprocess.run(sys.argv[1:], env=os.environ | {"VIGIE_FETCH_BASE": base}).returncode)
