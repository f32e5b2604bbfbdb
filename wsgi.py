"""The one application of this process, from its surroundings."""

from tfsaas import config
from tfsaas.app import create_app

try:
    app = create_app(config.load(config.surroundings()))
except config.SettingsRefused:
    app = create_app()  # enough for the commands that need no settings; gunicorn refuses to start
