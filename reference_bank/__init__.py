"""A reference credit bank: the contract of the credit push, as a small server of its own."""

import os

from flask import Flask

from reference_bank import endpoints, operations, page
from reference_bank.bank import EXTENSION, Bank
from reference_bank.configuration import BankConfig
from reference_bank.problems import register_problems

LARGEST_BODY = 64 * 1024  # bytes


def create_app(config: BankConfig | None = None) -> Flask:
    """Build the bank; without settings they come from the environment."""
    if config is None:
        config = BankConfig.from_environment(os.environ)
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.extensions[EXTENSION] = Bank(config)
    app.register_blueprint(endpoints.blueprint)
    app.register_blueprint(operations.blueprint)
    app.register_blueprint(page.blueprint)
    register_problems(app)
    return app
