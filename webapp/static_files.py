"""Static files go out compressed. Pages do not: they mix secrets with what a visitor sent, whose length would tell (BREACH)."""

from flask import Flask, Response, request
from flask_compress import Compress


def register(app: Flask) -> None:
    """Compress what the endpoint `static` answers, with what the browser takes: Brotli, zstd or deflate."""
    app.config.update(
        COMPRESS_REGISTER=False, COMPRESS_BR_LEVEL=5, COMPRESS_ALGORITHM_STREAMING=["br", "zstd", "deflate"]
    )
    compress = Compress(app)

    @app.after_request
    def shorter(response: Response) -> Response:
        return compress.after_request(response) if request.endpoint == "static" else response
