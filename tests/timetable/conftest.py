"""The application under test, and a small series to plan, for the tests of this folder."""

from tests.architecture import strangers
from tests.webkit import fixtures

compiled_catalogues = fixtures.compiled_catalogues
config = fixtures.config
app = fixtures.app
client = fixtures.client
signed_in = fixtures.signed_in
no_strangers = strangers.no_strangers
