"""`flask keys`: the signing keys of this installation."""

from pathlib import Path

import click
from flask.cli import AppGroup

from exam_centre.adapters import credentials, pdf_signing
from exam_centre.certificates.jobs import SIGNING
from exam_centre.cli.showing import current_config
from exam_centre.kernel import clock
from exam_centre.kernel.keys import make_key
from exam_centre.kernel.sealing import make_seal

PURPOSES = ("audit", "slip", "bank")  # what our Ed25519 keys sign; purposes never share a key
CREDENTIAL = credentials.FOLDER  # an ES256 key, as verifiers of credentials want it

keys = AppGroup("keys", help="The signing keys.")


@keys.command("make")
@click.argument("purpose", required=False, type=click.Choice((*PURPOSES, CREDENTIAL)))
def make(purpose: str | None) -> None:
    """Add the next key of PURPOSE; without one, whatever this installation still lacks."""
    folder = current_config().keys_dir
    made = [_next_key(folder, purpose)] if purpose else make_lacking(folder)
    for line in made:
        click.echo(line)


def make_lacking(folder: Path) -> list[str]:
    """Make every key that `folder` lacks; return a line for each."""
    every = (*PURPOSES, CREDENTIAL)
    made = [_next_key(folder, name) for name in every if not any(folder.glob(f"{name}/*.pem"))]
    if not (folder / SIGNING / pdf_signing.IDENTITY).exists():
        pdf_signing.make_identity(folder / SIGNING, current_config().issuer_name, clock.now())
        made.append(f"{SIGNING}: root, issuing authority and signer of PDF files")
    if make_seal(folder):
        made.append("identity: the seal over ID numbers")
    return made


def _next_key(folder: Path, name: str) -> str:
    is_credential = name == CREDENTIAL
    number = credentials.make_credential_key(folder) if is_credential else make_key(folder, name)
    return f"{name}: key {number}"
