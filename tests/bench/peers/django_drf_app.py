"""Peer: Django with Django REST framework, served by gunicorn's threads; in one file, otherwise as usual."""

import hashlib
import os
from datetime import UTC, datetime

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="a specimen secret key for measuring only",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["BENCH_DATABASE_URL"].removeprefix("sqlite:///"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    DATA_UPLOAD_MAX_MEMORY_SIZE=64 * 1024 * 1024,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.serializers import CharField, Serializer  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Link(models.Model):
    """Where a result may be posted."""

    token = models.CharField(max_length=64, unique=True)

    class Meta:
        """One file, so the app is named by hand."""

        app_label = "peer"
        db_table = "link"


class Delivery(models.Model):
    """One distinct body."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE)
    reference = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, unique=True)
    body = models.BinaryField()
    received_at = models.DateTimeField(default=lambda: datetime.now(UTC), db_index=True)
    copies = models.IntegerField(default=1)

    class Meta:
        """One file, so the app is named by hand."""

        app_label = "peer"
        db_table = "delivery"


class ResultSerializer(Serializer):
    """What must be in a body."""

    reference = CharField(max_length=64)
    hash = CharField(max_length=128)


class Receive(APIView):
    """Store once, answer."""

    def post(self, request, token):
        """Take one body in."""
        raw = request._request.body
        link = get_object_or_404(Link, token=token)
        result = ResultSerializer(data=request.data)
        result.is_valid(raise_exception=True)
        with transaction.atomic():
            delivery, made = Delivery.objects.get_or_create(
                sha256=hashlib.sha256(raw).hexdigest(),
                defaults={"link": link, "reference": result.validated_data["reference"], "body": raw},
            )
            if not made:
                Delivery.objects.filter(pk=delivery.pk).update(copies=models.F("copies") + 1)
        return Response({"status": "stored"})


urlpatterns = [path("webhooks/docupass/<token>", Receive.as_view())]
application = get_wsgi_application()

if os.environ.get("BENCH_MAKE_TABLES"):
    with connection.schema_editor() as editor:
        editor.create_model(Link)
        editor.create_model(Delivery)
    Link.objects.bulk_create(Link(token=token) for token in os.environ["BENCH_TOKENS"].split())
