"""Pages without a council: the chooser, and what operators' machines ask."""

from flask import Blueprint, Response, current_app, jsonify
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tfsaas.db import db
from tfsaas.jobs import transport
from tfsaas.permissions import requires
from tfsaas.tenants.scope import OutOfScope, refuse_privileged_role

blueprint = Blueprint("platform", __name__)


@blueprint.get("/healthz")
@requires(None, anywhere=True)
def health() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@requires(None, anywhere=True)
def ready() -> tuple[Response, int]:
    """Database, its weak role and the job transport are there. Jobs wait while Redis is away."""
    try:
        db.session.execute(text("select 1"))
        refuse_privileged_role()
        database = "ok"
    except OutOfScope:
        database = "the role is too powerful"
    except SQLAlchemyError:
        database = "does not answer"
    try:
        transport.connection().ping()
        redis = "ok"
    except RedisError:
        redis = "does not answer: jobs wait"
    return jsonify(database=database, redis=redis), 200 if database == "ok" else 503


@blueprint.get("/.well-known/security.txt")
@requires(None, anywhere=True)
def security_contact() -> Response:
    """Where to report a weakness."""
    domain = current_app.config["DOMAIN"]
    return Response(
        f"Contact: mailto:security@{domain}\nPreferred-Languages: en\n", mimetype="text/plain"
    )
