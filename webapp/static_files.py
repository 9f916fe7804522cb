"""Static files go out compressed. Pages do not: they mix secrets with what a visitor sent, whose length would tell (BREACH)."""

from flask import Flask, Request, Response, request
from flask_compress import Compress, DictCache


def register(app: Flask) -> None:
    """Compress what the endpoint `static` answers, each file once, with what the browser takes: zstd, Brotli or gzip."""
    app.config.update(
        COMPRESS_REGISTER=False, COMPRESS_BR_LEVEL=9, COMPRESS_ZSTD_LEVEL=12, COMPRESS_ALGORITHM=["br", "zstd", "gzip"],
        COMPRESS_CACHE_BACKEND=DictCache, COMPRESS_CACHE_KEY=_path,
    )  # fmt: skip
    compress = Compress(app)

    @app.after_request
    def shorter(response: Response) -> Response:
        if request.endpoint != "static" or response.status_code != 200:
            return response
        response.direct_passthrough = False
        response.make_sequence()  # whole, so that it can be kept compressed, and its file closed
        shortened: Response = compress.after_request(response)
        return shortened


def _path(asked: Request) -> str:
    """Without the query, which anybody may make up: as many are kept as there are files."""
    return asked.path
